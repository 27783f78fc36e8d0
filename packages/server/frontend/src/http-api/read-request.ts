import type { ApiSchema, HttpRoute } from "@perdure/proto/wire";
import { decodeMessage } from "./json/decode-message.js";
import { parseJson } from "./json/parse-json.js";
import { type MessageRecord, setProperty } from "./json/property.js";
import type { JsonForm } from "./media-type.js";
import { fillFromPath, fillFromQuery } from "./query-fields.js";

/** All that a request over HTTP says. */
export interface RequestParts {
  readonly schema: ApiSchema;
  /** Of the RPC's request. */
  readonly typeName: string;
  readonly route: HttpRoute;
  /** Parts of the path by the field that they fill. */
  readonly pathFields: ReadonlyMap<string, string>;
  readonly query: ReadonlyMap<string, readonly string[]>;
  readonly body: string;
  /** Whether the body is a form, with parameters like those of the query. */
  readonly isForm: boolean;
  readonly form: JsonForm;
}

/**
 * Makes an RPC's request, in its `Init` form, of the body, the path and the query. The path has the
 * last word; the query counts unless the body is the whole request.
 *
 * @throws {InvalidArgumentError} Any of them is malformed.
 */
export function readRequest(parts: RequestParts): MessageRecord {
  const { schema, typeName, route, pathFields } = parts;
  const message = readBodyFields(parts);
  const target = { schema, typeName, message };
  for (const [field, value] of pathFields) fillFromPath(target, field, value);
  if (route.body === "*") return message;
  const query = route.body === undefined && parts.isForm ? withForm(parts) : parts.query;
  fillFromQuery(target, query, [...pathFields.keys()]);
  return message;
}

function withForm({ query, body }: RequestParts): ReadonlyMap<string, readonly string[]> {
  const all = new Map(query);
  for (const [name, value] of new URLSearchParams(body)) {
    all.set(name, [...(all.get(name) ?? []), value]);
  }
  return all;
}

function readBodyFields({ schema, typeName, route, body, form }: RequestParts): MessageRecord {
  if (route.body === undefined) return {};
  const parsed = parseJson(body);
  if (parsed === undefined) return {};
  const options = { schema, hasShorthand: form.hasShorthand };
  if (route.body === "*") return decodeMessage(parsed, typeName, options);
  const field = schema.message(typeName)?.byName.get(route.body);
  const message: MessageRecord = {};
  if (field?.value.kind === "message") {
    setProperty(message, field, decodeMessage(parsed, field.value.type, options));
  }
  return message;
}
