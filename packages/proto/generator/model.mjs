import { isWanted } from "./load-root.mjs";
import { lowerCamel, lowerSnake, shortValueNames } from "./naming.mjs";

/**
 * @typedef {{ packageName: string, ident: string, fullName: string }} Ref A message or enum.
 * @typedef {{
 *   name: string, protoName: string, number: number, scalar?: string, enum?: Ref, message?: Ref,
 *   map?: { key: Field, value: Field }, repeated: boolean, packed: boolean, optional: boolean,
 *   oneof?: string,
 * }} Field
 * @typedef {Ref & { fields: Field[], oneofs: { name: string, protoName: string }[] }} Message
 * @typedef {Ref & { values: { name: string, fullName: string, number: number }[] }} Enum
 * @typedef {{ name: string, request: Ref, response: Ref, requestStream: boolean,
 *   responseStream: boolean }} Method
 * @typedef {{ packageName: string, ident: string, fullName: string, methods: Method[] }} Service
 * @typedef {{ name: string, messages: Message[], enums: Enum[], services: Service[] }} Package
 */

/** Only these of `google.protobuf` are messages of the API; the others describe protobuf itself. */
const GOOGLE_TYPES = new Set(
  `Duration Timestamp Empty Any FieldMask Struct Value ListValue NullValue DoubleValue FloatValue
  Int64Value UInt64Value Int32Value UInt32Value BoolValue StringValue BytesValue`.split(/\s+/),
);

/** Extensions and their types: only the compilers of .proto files read them. */
const OPTION_PACKAGES = /^(google\.api|nexusannotations|grpc\.gateway|temporal\.api\.protometa)\b/;

/**
 * Turns a resolved protobufjs Root into what the emitters need.
 *
 * @returns {Package[]}
 */
export function buildModel(root) {
  const packages = [];
  visitNamespaces(root, (namespace) => {
    const name = namespace.fullName.slice(1);
    if (!isWanted(name) || OPTION_PACKAGES.test(name)) return;
    const found = { name, messages: [], enums: [], services: [] };
    for (const item of namespace.nestedArray) {
      if (name !== "google.protobuf" || GOOGLE_TYPES.has(item.name)) collect(item, found);
    }
    if (found.messages.length + found.enums.length + found.services.length > 0) {
      packages.push(found);
    }
  });
  packages.forEach(refuseSameNames);
  return packages;
}

const isType = (item) => item.fieldsArray !== undefined;
const isEnum = (item) => item.valuesById !== undefined;
const isService = (item) => item.methodsArray !== undefined;

function visitNamespaces(namespace, visit) {
  for (const item of namespace.nestedArray ?? []) {
    if (isType(item) || isEnum(item) || isService(item)) continue;
    if (item.nestedArray === undefined) continue;
    visit(item);
    visitNamespaces(item, visit);
  }
}

function collect(item, found) {
  if (isEnum(item)) found.enums.push(enumOf(item));
  else if (isService(item)) found.services.push(serviceOf(item));
  else if (isType(item)) {
    found.messages.push(messageOf(item));
    for (const nested of item.nestedArray) collect(nested, found);
  }
}

/** @returns {Ref} */
function refOf(type) {
  const names = [];
  let scope = type;
  for (; isType(scope) || isEnum(scope) || isService(scope); scope = scope.parent) {
    names.unshift(scope.name);
  }
  return {
    packageName: scope.fullName.slice(1),
    ident: names.join("_"),
    fullName: type.fullName.slice(1),
  };
}

function enumOf(type) {
  const fullNames = Object.keys(type.values);
  const short = shortValueNames(type.name, fullNames);
  const values = fullNames.map((fullName) => ({
    name: short.get(fullName),
    fullName,
    number: type.values[fullName],
  }));
  return { ...refOf(type), values };
}

function messageOf(type) {
  const fields = type.fieldsArray.map(fieldOf).sort((a, b) => a.number - b.number);
  const used = new Set(fields.map((field) => field.oneof));
  const oneofs = type.oneofsArray
    .map((oneof) => ({ name: lowerCamel(oneof.name), protoName: lowerSnake(oneof.name) }))
    .filter((oneof) => used.has(oneof.name));
  return { ...refOf(type), fields, oneofs };
}

/** @returns {Field} */
function fieldOf(field) {
  field.resolve();
  const optional = field.options?.proto3_optional === true;
  const oneof = optional || !field.partOf ? undefined : lowerCamel(field.partOf.name);
  const common = {
    name: lowerCamel(field.name),
    protoName: field.protoName ?? lowerSnake(field.name),
    number: field.id,
    optional,
    oneof,
  };
  const value = typeOf(field);
  if (field.map) {
    const key = { name: "key", protoName: "key", number: 1, scalar: field.keyType };
    const entry = { key, value: { name: "value", protoName: "value", number: 2, ...value } };
    return { ...common, map: entry, repeated: false, packed: false };
  }
  const packable = value.message === undefined && !["string", "bytes"].includes(value.scalar);
  return { ...common, ...value, repeated: field.repeated, packed: field.repeated && packable };
}

function typeOf(field) {
  if (field.resolvedType === null) return { scalar: field.type };
  const ref = refOf(field.resolvedType);
  return isEnum(field.resolvedType) ? { enum: ref } : { message: ref };
}

function serviceOf(service) {
  const methods = service.methodsArray.map((method) => {
    method.resolve();
    return {
      name: method.name,
      request: refOf(method.resolvedRequestType),
      response: refOf(method.resolvedResponseType),
      requestStream: method.requestStream === true,
      responseStream: method.responseStream === true,
      options: method.parsedOptions ?? [],
    };
  });
  return { ...refOf(service), methods };
}

function refuseSameNames({ name, messages, enums, services }) {
  const names = [
    ...messages.flatMap(({ ident }) => [ident, `${ident}Init`]),
    ...[...enums, ...services].map(({ ident }) => ident),
  ];
  const twice = names.find((ident, at) => names.indexOf(ident) !== at);
  if (twice !== undefined) throw new Error(`Cannot generate ${name}: "${twice}" has two meanings`);
}
