import { InvalidArgumentError } from "@perdure/kernel";
import type { ApiSchema, FieldSchema } from "@perdure/proto/wire";
import { isOneofSet, type MessageRecord, propertyOf, setProperty } from "./json/property.js";
import { parseTextMessage, parseTextValue } from "./text-values.js";

/** A message that is being filled in, and what it is. */
export interface FilledMessage {
  readonly schema: ApiSchema;
  readonly typeName: string;
  readonly message: MessageRecord;
}

/**
 * Fills fields of a request from query parameters: `execution.runId=x`, `page_size=1`, repeated
 * ones several times, an entry of a map as `name[key]=value`. A parameter that names no field is
 * left alone, and so is one that sets what the path has set already.
 *
 * @throws {InvalidArgumentError} A value is malformed, or there are too many of them.
 */
export function fillFromQuery(
  target: FilledMessage,
  query: ReadonlyMap<string, readonly string[]>,
  pathFields: readonly string[],
): void {
  for (const [parameter, texts] of query) {
    const [, name, key] = /^(.*)\[(.*)\]$/.exec(parameter) ?? [];
    const values = key === undefined ? texts : [key, ...texts];
    const path = protocolPath(target, (name ?? parameter).split("."));
    if (pathFields.some((field) => startsWith(path, field.split(".")))) continue;
    fillField(target, path, values);
  }
}

/**
 * Fills one field from a part of the path.
 *
 * @throws {InvalidArgumentError} The value is malformed.
 */
export function fillFromPath(target: FilledMessage, fieldPath: string, value: string): void {
  try {
    fillField(target, fieldPath.split("."), [value]);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    const problem = `type mismatch, parameter: ${fieldPath}, error: ${error.message}`;
    throw new InvalidArgumentError(problem, { cause: error });
  }
}

function startsWith(path: readonly string[], head: readonly string[]): boolean {
  return head.every((name, at) => path[at] === name);
}

/** The path with names of the protocol; as it was if it leads nowhere. */
function protocolPath({ schema, typeName }: FilledMessage, path: readonly string[]): string[] {
  const names: string[] = [];
  let type: string | undefined = typeName;
  for (const name of path) {
    const field: FieldSchema | undefined =
      type === undefined ? undefined : schema.message(type)?.byName.get(name);
    if (field === undefined) return [...path];
    names.push(field.name);
    type = nestedType(field);
  }
  return names;
}

/** The type of a field that is one message. */
function nestedType({ value, isRepeated, mapKey }: FieldSchema): string | undefined {
  return value.kind === "message" && !isRepeated && mapKey === undefined ? value.type : undefined;
}

function fillField(
  target: FilledMessage,
  path: readonly string[],
  values: readonly string[],
): void {
  const [name = "", ...rest] = path;
  const { schema, typeName, message } = target;
  const field = schema.message(typeName)?.byName.get(name);
  if (field === undefined) return;
  if (rest.length > 0) {
    const type = nestedType(field);
    if (type === undefined)
      throw new InvalidArgumentError(`invalid path: "${name}" is not a message`);
    const nested = (propertyOf(message, field) as MessageRecord | undefined) ?? {};
    fillField({ schema, typeName: type, message: nested }, rest, values);
    if (Object.keys(nested).length > 0) setProperty(message, field, nested);
    return;
  }
  if (field.oneof !== undefined && isOneofSet(message, field.oneof)) {
    throw new InvalidArgumentError(`field already set for oneof "${field.oneof}"`);
  }
  setProperty(message, field, readValues(target, field, values));
}

function readValues(target: FilledMessage, field: FieldSchema, values: readonly string[]): unknown {
  const { name, mapKey } = field;
  const read = (text: string): unknown =>
    field.value.kind === "message"
      ? parseTextMessage(text, field.value.type)
      : parseTextValue(text, field.value, target.schema);
  if (mapKey !== undefined) {
    const [key = "", value] = values;
    if (value === undefined || values.length > 2) {
      const map = `${target.typeName}.${name}`;
      const problem = `more than one value provided for key "${key}" in map "${map}"`;
      throw new InvalidArgumentError(problem);
    }
    const parsedKey = within(`parsing map key "${name}"`, () =>
      parseTextValue(key, { kind: "scalar", type: mapKey }, target.schema),
    );
    const known = (propertyOf(target.message, field) ?? new Map()) as ReadonlyMap<unknown, unknown>;
    return new Map([
      ...known,
      [parsedKey, within(`parsing map value "${name}"`, () => read(value))],
    ]);
  }
  if (field.isRepeated) {
    const known = (propertyOf(target.message, field) ?? []) as readonly unknown[];
    return [
      ...known,
      ...values.map((value) => within(`parsing list "${name}"`, () => read(value))),
    ];
  }
  if (values.length > 1) {
    throw new InvalidArgumentError(`too many values for field "${name}": ${values.join(", ")}`);
  }
  return within(`parsing field "${name}"`, () => read(values[0] ?? ""));
}

function within<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new InvalidArgumentError(`${what}: ${error.message}`, { cause: error });
  }
}
