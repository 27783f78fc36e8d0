import { Imports } from "./imports.mjs";

const BIGINTS = new Set(["int64", "uint64", "sint64", "fixed64", "sfixed64"]);

/** Returns the `.d.ts` text of a package. */
export function emitTypes(pkg) {
  const locals = [
    ...pkg.messages.flatMap(({ ident }) => [ident, `${ident}Init`]),
    ...[...pkg.enums, ...pkg.services].map(({ ident }) => ident),
  ];
  const imports = new Imports(pkg.name, locals);
  const parts = [
    ...pkg.enums.map(enumType),
    ...pkg.messages.map((message) => messageTypes(message, imports)),
    ...pkg.services.map((service) => serviceType(service, imports)),
  ];
  return `${imports.toString("import type")}\n${parts.join("\n")}`;
}

function enumType({ ident, fullName, values }) {
  const lines = values.map(({ name, number }) => `  readonly ${name}: ${number};`);
  return `/** \`${fullName}\` */
export declare const ${ident}: {
${lines.join("\n")}
};
export type ${ident} = (typeof ${ident})[keyof typeof ${ident}];
/** The names in the protocol, by number. */
export declare const ${ident}$names: ReadonlyMap<number, string>;
`;
}

function messageTypes(message, imports) {
  const { ident, fullName } = message;
  const messageType = imports.fromWire("MessageType");
  const reader = imports.fromWire("Reader");
  const writer = imports.fromWire("Writer");
  return `/** \`${fullName}\` */
export interface ${ident} {
${properties(message, imports, "").join("\n")}
}
/** What encodes to a {@link ${ident}}: absent fields have their defaults. */
export interface ${ident}Init {
${properties(message, imports, "Init").join("\n")}
}
export declare const ${ident}: ${messageType}<${ident}, ${ident}Init>;
export declare function ${ident}$write(writer: ${writer}, message: ${ident}Init): void;
export declare function ${ident}$read(reader: ${reader}, end: number): ${ident};
`;
}

/** `suffix` is empty for the decoded type and `Init` for what encoding takes. */
function properties(message, imports, suffix) {
  const lines = slots(message).map((slot) => {
    if (slot.members) return oneofProperty(slot, imports, suffix);
    const type = fieldType(slot, imports, suffix);
    if (suffix === "Init") return `  readonly ${slot.name}?: ${type} | undefined;`;
    const canMiss = slot.optional || (slot.message && !slot.repeated);
    return `  readonly ${slot.name}: ${type}${canMiss ? " | undefined" : ""};`;
  });
  return [...lines, "  readonly $unknown?: Uint8Array | undefined;"];
}

function oneofProperty({ name, members }, imports, suffix) {
  const kinds = members.map((field) => {
    const type = fieldType(field, imports, suffix);
    return `\n    | { readonly kind: "${field.name}"; readonly value: ${type} }`;
  });
  return `  readonly ${name}${suffix ? "?" : ""}:${kinds.join("")}\n    | undefined;`;
}

/** Returns the properties of a message in order: its fields, and oneofs with their members. */
export function slots({ fields, oneofs }) {
  const seen = new Set();
  return fields.flatMap((field) => {
    if (field.oneof === undefined) return [field];
    if (seen.has(field.oneof)) return [];
    seen.add(field.oneof);
    const { name } = oneofs.find((oneof) => oneof.name === field.oneof);
    return [{ name, members: fields.filter((other) => other.oneof === name) }];
  });
}

function fieldType(field, imports, suffix) {
  if (field.map) {
    const key = itemType(field.map.key, imports, suffix);
    return `ReadonlyMap<${key}, ${itemType(field.map.value, imports, suffix)}>`;
  }
  const item = itemType(field, imports, suffix);
  return field.repeated ? `readonly ${item}[]` : item;
}

function itemType({ scalar, enum: enumRef, message }, imports, suffix) {
  if (message) return imports.name(message.packageName, `${message.ident}${suffix}`);
  if (enumRef) return imports.name(enumRef.packageName, enumRef.ident);
  if (scalar === "string") return "string";
  if (scalar === "bytes") return "Uint8Array";
  if (scalar === "bool") return "boolean";
  return BIGINTS.has(scalar) ? "bigint" : "number";
}

function serviceType({ ident, fullName, methods }, imports) {
  const descriptor = imports.fromWire("MethodDescriptor");
  const lines = methods.map(({ name, request, response }) => {
    const types = [request, response].flatMap((ref) =>
      ["", "Init"].map((suffix) => imports.name(ref.packageName, `${ref.ident}${suffix}`)),
    );
    return `    readonly ${name}: ${descriptor}<${types.join(", ")}>;`;
  });
  return `/** \`${fullName}\` */
export declare const ${ident}: {
  readonly typeName: "${fullName}";
  readonly methods: {
${lines.join("\n")}
  };
};
`;
}
