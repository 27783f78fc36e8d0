/** The part of protobufjs reflection that the tests use as a second opinion. */
export interface ReferenceField {
  readonly name: string;
  readonly id: number;
  readonly type: string;
  readonly keyType?: string;
  readonly repeated: boolean;
  readonly map: boolean;
  readonly partOf: { readonly name: string } | null;
  readonly options?: { readonly proto3_optional?: boolean };
  readonly resolvedType: ReferenceType | ReferenceEnum | null;
}

export interface ReferenceType {
  readonly fieldsArray: readonly ReferenceField[];
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): Readonly<Record<string, unknown>>;
}

export interface ReferenceEnum {
  readonly values: Readonly<Record<string, number>>;
}

export interface ReferenceRoot {
  lookupType(name: string): ReferenceType;
}

/** Loads the descriptors that the package was generated from. */
export async function loadReference(): Promise<ReferenceRoot> {
  const url = new URL("../../generator/load-root.mjs", import.meta.url);
  const module = (await import(url.href)) as { loadRoot(): ReferenceRoot };
  return module.loadRoot();
}

type Plain = Record<string, unknown>;

const WIDE = /^(s|u)?(int|fixed)64$|^sfixed64$/;

/** Turns what protobufjs decoded into what this package should have decoded. */
export function fromReference(type: ReferenceType, message: Readonly<Plain>): Plain {
  const result: Plain = { $unknown: undefined };
  for (const field of type.fieldsArray) {
    const name = camel(field.name);
    const isSet = Object.hasOwn(message, field.name);
    const isOptional = field.options?.proto3_optional === true;
    if (field.partOf !== null && !isOptional) {
      const oneof = camel(field.partOf.name);
      if (isSet) result[oneof] = { kind: name, value: item(field, message[field.name]) };
      else result[oneof] ??= undefined;
    } else if (isSet) result[name] = convert(field, message[field.name]);
    else result[name] = isOptional ? undefined : absent(field);
  }
  return result;
}

function camel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function convert(field: ReferenceField, value: unknown): unknown {
  if (field.repeated) return (value as unknown[]).map((one) => item(field, one));
  if (!field.map) return item(field, value);
  const entries = Object.entries(value as Plain);
  return new Map(entries.map(([key, one]) => [mapKey(field, key), item(field, one)]));
}

/** protobufjs gives 64-bit keys as strings of eight characters that hold the bytes. */
function mapKey({ keyType = "string" }: ReferenceField, key: string): unknown {
  if (keyType === "string") return key;
  if (keyType === "bool") return key === "true" || key === "1";
  if (!WIDE.test(keyType)) return Number(key);
  const bytes = DataView.prototype.getBigUint64.call(
    new DataView(Uint8Array.from(key, (char) => char.charCodeAt(0)).buffer),
    0,
    true,
  );
  return /^u|^fixed/.test(keyType) ? bytes : BigInt.asIntN(64, bytes);
}

function item(field: ReferenceField, value: unknown): unknown {
  const type = field.resolvedType;
  if (type !== null) return "fieldsArray" in type ? fromReference(type, value as Plain) : value;
  if (WIDE.test(field.type)) return BigInt(String(value));
  return field.type === "bytes" ? new Uint8Array(value as Uint8Array) : value;
}

function absent(field: ReferenceField): unknown {
  if (field.repeated) return [];
  if (field.map) return new Map();
  if (field.resolvedType !== null) return "fieldsArray" in field.resolvedType ? undefined : 0;
  if (WIDE.test(field.type)) return 0n;
  if (field.type === "string") return "";
  if (field.type === "bytes") return new Uint8Array(0);
  return field.type === "bool" ? false : 0;
}
