import { type Payload, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import { DecodeError } from "@perdure/proto/wire";
import { searchableText } from "./searchable-text.js";
import { parseTimeMs } from "./time-text.js";
import type { VisibilityColumn, VisibilityValue } from "./visibility-query.js";

/** What filters see of a run's search attributes: the values of each, one unless it is a list. */
export type AttributeValues = ReadonlyMap<string, readonly VisibilityValue[]>;

const NONE: AttributeValues = new Map();

/** Whether a filter sees a column as a set that has a value or not. */
export function isSetColumn(field: VisibilityColumn): boolean {
  if (typeof field === "string") return false;
  return field.type === IndexedValueType.KEYWORD_LIST || isTextColumn(field);
}

/** Whether a filter looks for words in the column. */
export function isTextColumn(field: VisibilityColumn): boolean {
  return typeof field !== "string" && field.type === IndexedValueType.TEXT;
}

/**
 * Reads encoded `temporal.api.common.v1.SearchAttributes`, whose payloads carry their type in
 * their metadata. What can't be read, or is not of its type, is left out.
 */
export function attributeValues(encoded: Uint8Array | undefined): AttributeValues {
  if (encoded === undefined || encoded.length === 0) return NONE;
  const values = new Map<string, readonly VisibilityValue[]>();
  for (const [name, payload] of fieldsOf(encoded)) {
    const read = valuesOf(payload);
    if (read.length > 0) values.set(name, read);
  }
  return values;
}

function fieldsOf(encoded: Uint8Array): ReadonlyMap<string, Payload> {
  try {
    return SearchAttributes.decode(encoded).indexedFields;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    return new Map();
  }
}

function valuesOf(payload: Payload): readonly VisibilityValue[] {
  const json = parseJson(Buffer.from(payload.data).toString());
  const type = Buffer.from(payload.metadata.get("type") ?? []).toString();
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  const values = items.flatMap((item) => valueOfType(type, item) ?? []);
  return [...new Set(values)];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function valueOfType(type: string, item: unknown): VisibilityValue | undefined {
  switch (type) {
    case "Bool":
      return typeof item === "boolean" ? Number(item) : undefined;
    case "Int":
    case "Double":
      return typeof item === "number" ? item : undefined;
    case "Datetime":
      return typeof item === "string" ? parseTimeMs(item) : undefined;
    case "Text":
      return typeof item === "string" ? searchableText(item) : undefined;
    default:
      return typeof item === "string" ? item : undefined;
  }
}
