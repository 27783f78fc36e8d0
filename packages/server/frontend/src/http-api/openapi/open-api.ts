import { apiSchema, httpRoutes } from "@perdure/proto/schema";
import type { HttpRoute, ServiceDescriptor } from "@perdure/proto/wire";
import { SERVER_VERSION } from "../../system/server-version.js";
import { describeOperation, type Operation } from "./describe-operations.js";
import { type JsonSchema, TypeDescriber } from "./describe-types.js";

const INFO = {
  title: "Temporal API over HTTP",
  description: "Made from the descriptors of the API: every RPC that has a route.",
  version: SERVER_VERSION,
};

const MEDIA_TYPE = "application/json";
const STATUS = "google.rpc.Status";

type Paths = Record<string, Record<string, unknown>>;

/** The routes of some services as an OpenAPI 2 document. */
export function openApiV2(services: readonly ServiceDescriptor[]): object {
  const types = new TypeDescriber(apiSchema, "#/definitions/");
  const failure = { description: "Failure", schema: types.message(STATUS) };
  const paths = pathsOf(operationsOf(services, types), (operation) => ({
    operationId: operation.operationId,
    tags: [operation.tag],
    parameters: [
      ...operation.parameters.map(({ schema, ...parameter }) => ({
        ...parameter,
        ...(parameter.in === "path" ? { required: true } : {}),
        ...schema,
        ...(schema.type === "array" ? { collectionFormat: "multi" } : {}),
      })),
      ...(operation.body === undefined
        ? []
        : [{ name: "body", in: "body", required: true, schema: operation.body }]),
    ],
    responses: {
      200: { description: "Success", schema: operation.response },
      default: failure,
    },
  }));
  const head = { swagger: "2.0", info: INFO, consumes: [MEDIA_TYPE], produces: [MEDIA_TYPE] };
  return { ...head, paths, definitions: types.definitions() };
}

/** The routes of some services as an OpenAPI 3 document. */
export function openApiV3(services: readonly ServiceDescriptor[]): object {
  const types = new TypeDescriber(apiSchema, "#/components/schemas/");
  const content = (schema: JsonSchema): object => ({ content: { [MEDIA_TYPE]: { schema } } });
  const failure = { description: "Failure", ...content(types.message(STATUS)) };
  const paths = pathsOf(operationsOf(services, types), (operation) => ({
    operationId: operation.operationId,
    tags: [operation.tag],
    parameters: operation.parameters.map((parameter) => ({
      ...parameter,
      ...(parameter.in === "path" ? { required: true } : {}),
    })),
    ...(operation.body === undefined
      ? {}
      : { requestBody: { required: true, ...content(operation.body) } }),
    responses: {
      200: { description: "Success", ...content(operation.response) },
      default: failure,
    },
  }));
  return { openapi: "3.0.3", info: INFO, paths, components: { schemas: types.definitions() } };
}

function operationsOf(
  services: readonly ServiceDescriptor[],
  types: TypeDescriber,
): readonly Operation[] {
  const counts = new Map<string, number>();
  const ordinalOf = ({ method }: HttpRoute): number => {
    const ordinal = (counts.get(method) ?? 0) + 1;
    counts.set(method, ordinal);
    return ordinal;
  };
  return httpRoutes.flatMap((route) => {
    const service = services.find(({ typeName }) => typeName === route.service);
    const method = service?.methods[route.method];
    if (method === undefined) return [];
    const one = { route, method, ordinal: ordinalOf(route) };
    return [describeOperation(one, { schema: apiSchema, types })];
  });
}

function pathsOf(
  operations: readonly Operation[],
  write: (operation: Operation) => object,
): Readonly<Paths> {
  const paths: Paths = {};
  for (const operation of operations) {
    const item = paths[operation.path] ?? {};
    paths[operation.path] = item;
    item[operation.verb] = write(operation);
  }
  return paths;
}
