import { lowerCamel, lowerSnake } from "./naming.mjs";

/**
 * Returns `schema.js`: what every message and enum is made of, for code that works with any of
 * them, and the routes that the methods have over HTTP.
 */
export function emitSchema(packages, root) {
  const messages = packages.flatMap((pkg) => pkg.messages);
  const enums = packages.flatMap((pkg) => pkg.enums);
  const services = packages.flatMap((pkg) => pkg.services);
  const messageLines = messages.map(({ fullName }) => {
    const type = root.lookupType(fullName);
    return `  ${JSON.stringify(fullName)}: ${JSON.stringify(type.fieldsArray.map(fieldText))},\n`;
  });
  const enumLines = enums.map(({ fullName, values }) => {
    const entries = values.map((value) => [value.fullName, value.number]);
    return `  ${JSON.stringify(fullName)}: ${JSON.stringify(Object.fromEntries(entries))},\n`;
  });
  const routes = services.flatMap(({ fullName, methods }) =>
    methods.flatMap((method) => routesOf(fullName, method)),
  );
  const routeLines = routes.map((route) => `  ${JSON.stringify(route)},\n`);
  return `import { schemaOf } from "./wire/schema.js";

export const apiSchema = /*#__PURE__*/ schemaOf({
${messageLines.join("")}}, {
${enumLines.join("")}});

export const httpRoutes = /*#__PURE__*/ Object.freeze([
${routeLines.join("")}]);
`;
}

export const SCHEMA_TYPES = `import type { ApiSchema, HttpRoute } from "@perdure/proto/wire";

/** All messages and enums of the API. Large: import it when needed. */
export declare const apiSchema: ApiSchema;
/** The HTTP bindings (\`google.api.http\`) of all methods, in the order of the descriptors. */
export declare const httpRoutes: readonly HttpRoute[];
`;

/**
 * A field in one line: name, type, and words for what else it is. The type of a map is that of its
 * key and of its value.
 */
function fieldText(field) {
  field.resolve();
  const name = field.protoName ?? lowerSnake(field.name);
  // A reader makes the name in JSON out of the name in the protocol.
  if (lowerCamel(name) !== lowerCamel(field.name))
    throw new Error(`Cannot name "${field.fullName}" in JSON`);
  const { resolvedType } = field;
  const value = resolvedType === null ? field.type : resolvedType.fullName.slice(1);
  const words = [name, field.map ? `${field.keyType},${value}` : value];
  if (resolvedType !== null) words.push(resolvedType.fieldsArray ? "message" : "enum");
  if (field.repeated) words.push("repeated");
  if (field.options?.proto3_optional === true) words.push("optional");
  else if (field.partOf) words.push(`oneof=${lowerSnake(field.partOf.name)}`);
  return words.join(" ");
}

const VERBS = ["get", "put", "post", "delete", "patch"];

function routesOf(service, { name, options }) {
  const rules = options.flatMap((option) => option["(google.api.http)"] ?? []);
  return rules
    .flatMap((rule) => [rule, ...[rule.additional_bindings ?? []].flat()])
    .map((rule) => {
      const verb = VERBS.find((one) => rule[one] !== undefined);
      const route = { service, method: name, verb: verb.toUpperCase(), path: rule[verb] };
      return rule.body === undefined ? route : { ...route, body: rule.body };
    });
}
