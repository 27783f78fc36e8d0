import type {
  MemoInit,
  PayloadInit,
  SearchAttributesInit,
} from "@perdure/proto/temporal/api/common/v1";

/** Whether a payload stands for "no value": nothing encoded, or JSON null or an empty list. */
function isUnset(payload: PayloadInit): boolean {
  const encoding = payload.metadata?.get("encoding");
  if (encoding !== undefined && Buffer.from(encoding).toString("latin1") === "binary/null")
    return true;
  const data = payload.data;
  if (data === undefined || data.length === 0) return true;
  if (data.length > "null".length) return false;
  const text = Buffer.from(data).toString("latin1");
  return text === "null" || text === "[]";
}

function mergeFields(
  fields: ReadonlyMap<string, PayloadInit> | undefined,
  changes: ReadonlyMap<string, PayloadInit> | undefined,
): ReadonlyMap<string, PayloadInit> {
  const merged = new Map(fields);
  for (const [name, payload] of changes ?? []) {
    if (isUnset(payload)) merged.delete(name);
    else merged.set(name, payload);
  }
  return merged;
}

/** Sets the memo fields of `changes`; a null payload removes its field. */
export function mergeMemo(memo: MemoInit | undefined, changes: MemoInit | undefined): MemoInit {
  return { fields: mergeFields(memo?.fields, changes?.fields) };
}

/** Sets the search attributes of `changes`; a null or empty payload removes its attribute. */
export function mergeSearchAttributes(
  attributes: SearchAttributesInit | undefined,
  changes: SearchAttributesInit | undefined,
): SearchAttributesInit {
  return { indexedFields: mergeFields(attributes?.indexedFields, changes?.indexedFields) };
}

/** The memo without its null fields; `undefined` when nothing is left. */
export function withoutUnsetMemo(memo: MemoInit | undefined): MemoInit | undefined {
  const fields = memo?.fields;
  if (fields === undefined || fields.size === 0) return undefined;
  const set = mergeFields(undefined, fields);
  return set.size === 0 ? undefined : { fields: set };
}

/** The search attributes without those that are null or empty; `undefined` when nothing is left. */
export function withoutUnsetSearchAttributes(
  attributes: SearchAttributesInit | undefined,
): SearchAttributesInit | undefined {
  const indexedFields = attributes?.indexedFields;
  if (indexedFields === undefined || indexedFields.size === 0) return undefined;
  const set = mergeFields(undefined, indexedFields);
  return set.size === 0 ? undefined : { indexedFields: set };
}

/** A search attribute as the server encodes it. */
export function attributePayload(
  type: "Keyword" | "KeywordList" | "Bool",
  value: string | readonly string[] | boolean,
): PayloadInit {
  const metadata = new Map([
    ["encoding", Buffer.from("json/plain")],
    ["type", Buffer.from(type)],
  ]);
  return { metadata, data: Buffer.from(JSON.stringify(value)) };
}
