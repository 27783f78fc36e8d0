import type { AnyMethodDescriptor, ApiSchema, FieldSchema, HttpRoute } from "@perdure/proto/wire";
import { type JsonSchema, specialSchema, type TypeDescriber } from "./describe-types.js";

/** A parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: "path" | "query";
  readonly schema: JsonSchema;
}

/** One operation, before it is written in either version. */
export interface Operation {
  readonly path: string;
  readonly verb: string;
  readonly operationId: string;
  readonly tag: string;
  readonly parameters: readonly Parameter[];
  readonly body: JsonSchema | undefined;
  readonly response: JsonSchema;
}

/** What describing goes by. */
export interface DescribeOptions {
  readonly schema: ApiSchema;
  readonly types: TypeDescriber;
}

/** Messages within messages that a query can reach into. */
const QUERY_DEPTH_MAX = 3;

/**
 * Describes a route.
 *
 * @param ordinal - Which of the method's routes it is, from 1; operations need names of their own.
 */
export function describeOperation(
  {
    route,
    method,
    ordinal,
  }: {
    readonly route: HttpRoute;
    readonly method: AnyMethodDescriptor;
    readonly ordinal: number;
  },
  options: DescribeOptions,
): Operation {
  const { types } = options;
  const pathFields = [...route.path.matchAll(/\{([^}]+)\}/g)].map(([, field]) => field ?? "");
  const inPath = pathFields.map(
    (field): Parameter => ({ name: jsonPath(field), in: "path", schema: { type: "string" } }),
  );
  const inQuery =
    route.body === "*"
      ? []
      : queryParameters(method.request.typeName, options).filter(
          ({ name }) => !inPath.some((parameter) => parameter.name === name),
        );
  return {
    path: route.path.replace(/\{([^}]+)\}/g, (_, field: string) => `{${jsonPath(field)}}`),
    verb: route.verb.toLowerCase(),
    operationId: ordinal === 1 ? route.method : `${route.method}${ordinal}`,
    tag: route.service.slice(route.service.lastIndexOf(".") + 1),
    parameters: [...inPath, ...inQuery],
    body: route.body === undefined ? undefined : types.message(method.request.typeName),
    response: types.message(method.response.typeName),
  };
}

/** `execution.workflow_id` → `execution.workflowId` */
function jsonPath(field: string): string {
  return field.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function queryParameters(
  typeName: string,
  options: DescribeOptions,
  prefix = "",
): readonly Parameter[] {
  const fields = options.schema.message(typeName)?.fields ?? [];
  return fields.flatMap((field) => queryParameter(field, options, prefix));
}

function queryParameter(
  field: FieldSchema,
  options: DescribeOptions,
  prefix: string,
): readonly Parameter[] {
  const name = `${prefix}${field.jsonName}`;
  const { value } = field;
  const special = value.kind === "message" ? specialSchema(value.type, options.schema) : undefined;
  if (value.kind !== "message" || special !== undefined) {
    return field.mapKey === undefined
      ? [{ name, in: "query", schema: options.types.field(field) }]
      : [];
  }
  const isTooDeep = name.split(".").length >= QUERY_DEPTH_MAX;
  if (field.isRepeated || field.mapKey !== undefined || isTooDeep) return [];
  return queryParameters(value.type, options, `${name}.`);
}
