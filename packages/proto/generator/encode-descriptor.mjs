import { lowerCamel, lowerSnake } from "./naming.mjs";

/** Numbers of `google.protobuf.FieldDescriptorProto.Type`. */
const TYPES = Object.fromEntries(
  `double float int64 uint64 int32 fixed64 fixed32 bool string group message bytes uint32 enum
  sfixed32 sfixed64 sint32 sint64`
    .split(/\s+/)
    .map((name, at) => [name, at + 1]),
);

/**
 * Builds the content of a `google.protobuf.FileDescriptorProto` as plain data, with type names and
 * dependencies that leave nothing to guess.
 *
 * @param fileOf - Gives the name of the file of a top-level type.
 */
export function describeFile({ name, items, fileOf }) {
  const dependencies = new Set();
  const refer = (type) => {
    const file = fileOf(type);
    if (file !== name) dependencies.add(file);
    return type.fullName;
  };
  const isProto2 = items.some((item) => item._edition === "proto2");
  const file = {
    name,
    package: items[0].parent.fullName.slice(1),
    messageType: items.filter((item) => item.fieldsArray).map((item) => message(item, refer)),
    enumType: items.filter((item) => item.valuesById).map(enumeration),
    service: items.filter((item) => item.methodsArray).map((item) => service(item, refer)),
    extension: items.filter((item) => item.extend).map((item) => extension(item, refer)),
    syntax: isProto2 ? "proto2" : "proto3",
  };
  return { ...file, dependency: [...dependencies].sort() };
}

function message(type, refer) {
  const oneofs = orderedOneofs(type);
  const nested = type.nestedArray;
  const fields = type.fieldsArray.filter((field) => field.declaringField === null);
  const maps = fields.filter((field) => field.map);
  return {
    name: type.name,
    field: fields.map((one) => field(one, refer, oneofs)),
    oneofDecl: oneofs.map((oneof) => ({ name: lowerSnake(oneof.name) })),
    nestedType: [
      ...nested.filter((item) => item.fieldsArray).map((item) => message(item, refer)),
      ...maps.map((map) => mapEntry(map, refer)),
    ],
    enumType: nested.filter((item) => item.valuesById).map(enumeration),
    extensionRange: (type.extensions ?? []).map(([start, end]) => ({ start, end: end + 1 })),
  };
}

/** The oneofs that stand for an `optional` come last, as protoc demands. */
function orderedOneofs(type) {
  const isSynthetic = (oneof) => oneof.fieldsArray.some(isProto3Optional);
  const all = type.oneofsArray;
  return [...all.filter((one) => !isSynthetic(one)), ...all.filter(isSynthetic)];
}

const isProto3Optional = (one) => one.options?.proto3_optional === true;

function field(one, refer, oneofs) {
  const protoName = one.protoName ?? lowerSnake(one.name);
  const entry = `${one.parent.fullName}.${entryName(one)}`;
  const common = {
    name: protoName,
    jsonName: lowerCamel(protoName),
    number: one.id,
    label: one.repeated || one.map ? 3 : one.required ? 2 : 1,
  };
  if (one.map) return { ...common, type: TYPES.message, typeName: entry };
  return {
    ...common,
    ...typeOf(one, refer),
    ...(one.partOf ? { oneofIndex: oneofs.indexOf(one.partOf) } : {}),
    ...(isProto3Optional(one) ? { proto3Optional: true } : {}),
    ...(one.options?.default === undefined ? {} : { defaultValue: String(one.options.default) }),
    ...(one.options?.deprecated === true ? { options: { deprecated: true } } : {}),
  };
}

function typeOf(one, refer) {
  const type = one.resolvedType;
  if (type === null) return { type: TYPES[one.type] };
  return { type: type.fieldsArray ? TYPES.message : TYPES.enum, typeName: refer(type) };
}

/** `searchAttributes` → `SearchAttributesEntry`: the message that protoc makes of a map. */
function entryName(one) {
  return `${one.name[0].toUpperCase()}${one.name.slice(1)}Entry`;
}

function mapEntry(map, refer) {
  const key = { name: "key", jsonName: "key", number: 1, label: 1, type: TYPES[map.keyType] };
  const value = { name: "value", jsonName: "value", number: 2, label: 1, ...typeOf(map, refer) };
  return { name: entryName(map), field: [key, value], options: { mapEntry: true } };
}

function extension(one, refer) {
  const extendee = one.parent.lookupType(one.extend);
  const label = one.repeated ? 3 : 1;
  const name = one.protoName ?? one.name;
  return { name, number: one.id, label, ...typeOf(one, refer), extendee: refer(extendee) };
}

function enumeration(type) {
  const value = Object.entries(type.values).map(([name, number]) => ({ name, number }));
  const hasAlias = new Set(Object.values(type.values)).size < value.length;
  return { name: type.name, value, ...(hasAlias ? { options: { allowAlias: true } } : {}) };
}

function service(type, refer) {
  const method = type.methodsArray.map((one) => ({
    name: one.name,
    inputType: refer(one.resolvedRequestType),
    outputType: refer(one.resolvedResponseType),
    clientStreaming: one.requestStream === true,
    serverStreaming: one.responseStream === true,
    options: methodOptions(one, refer),
  }));
  return { name: type.name, method };
}

/** Gives the options by extension: HTTP bindings, routing headers, exposure through Nexus. */
function methodOptions(method, refer) {
  const options = {};
  for (const [name, value] of (method.parsedOptions ?? []).flatMap(Object.entries)) {
    if (!name.startsWith("(")) continue;
    const found = method.root.lookup(lowerCamel(name.slice(1, -1)));
    refer(found);
    // protobufjs keeps an extension as a field of what it extends, by its full name.
    const item = toObject(found.resolvedType, value);
    const { fullName } = found;
    options[fullName] = found.repeated ? [...(options[fullName] ?? []), item] : item;
  }
  return options;
}

/** Turns an option as written in a .proto file into what protobufjs takes. */
function toObject(type, value) {
  if (type === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, inner]) => {
    const one = type.fields[lowerCamel(key)];
    const items = [inner].flat().map((item) => toObject(one.resolve().resolvedType, item));
    return [one.name, one.repeated ? items : items[0]];
  });
  return Object.fromEntries(entries);
}
