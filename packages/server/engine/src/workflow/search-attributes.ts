import { InvalidArgumentError } from "@perdure/kernel";
import {
  type PayloadInit,
  SearchAttributes,
  type SearchAttributesInit,
} from "@perdure/proto/temporal/api/common/v1";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import type { RunLimits } from "./run-limits.js";

const { BOOL, DATETIME, DOUBLE, INT, KEYWORD, KEYWORD_LIST, TEXT } = IndexedValueType;

/** Attributes that follow from a run itself, and can't be set. */
export const SYSTEM_ATTRIBUTES: ReadonlyMap<string, IndexedValueType> = new Map([
  ["WorkflowId", KEYWORD],
  ["RunId", KEYWORD],
  ["WorkflowType", KEYWORD],
  ["StartTime", DATETIME],
  ["ExecutionTime", DATETIME],
  ["CloseTime", DATETIME],
  ["ExecutionStatus", KEYWORD],
  ["TaskQueue", KEYWORD],
  ["HistoryLength", INT],
  ["ExecutionDuration", INT],
  ["StateTransitionCount", INT],
  ["HistorySizeBytes", INT],
  ["ParentWorkflowId", KEYWORD],
  ["ParentRunId", KEYWORD],
  ["RootWorkflowId", KEYWORD],
  ["RootRunId", KEYWORD],
]);

/** Attributes that every namespace has and that workflows may set. */
const SETTABLE_ATTRIBUTES: ReadonlyMap<string, IndexedValueType> = new Map([
  ["TemporalChangeVersion", KEYWORD_LIST],
  ["BinaryChecksums", KEYWORD_LIST],
  ["BuildIds", KEYWORD_LIST],
  ["BatcherNamespace", KEYWORD],
  ["BatcherUser", KEYWORD],
  ["TemporalScheduledStartTime", DATETIME],
  ["TemporalScheduledById", KEYWORD],
  ["TemporalSchedulePaused", BOOL],
  ["TemporalNamespaceDivision", KEYWORD],
  ["TemporalPauseInfo", KEYWORD_LIST],
  ["TemporalReportedProblems", KEYWORD_LIST],
]);

/** Attributes that every namespace has: they are kept with the custom ones of a run. */
export const PREDEFINED_ATTRIBUTES: ReadonlyMap<string, IndexedValueType> = new Map([
  ...SETTABLE_ATTRIBUTES,
  ["TemporalWorkerDeploymentVersion", KEYWORD],
  ["TemporalWorkflowVersioningBehavior", KEYWORD],
  ["TemporalWorkerDeployment", KEYWORD],
  ["TemporalUsedWorkerDeploymentVersions", KEYWORD_LIST],
  ["TemporalExternalPayloadCount", INT],
  ["TemporalExternalPayloadSizeBytes", INT],
]);

/** Names of types, as payloads carry them in their metadata and errors tell them. */
export const ATTRIBUTE_TYPE_NAMES: ReadonlyMap<IndexedValueType, string> = new Map([
  [BOOL, "Bool"],
  [DATETIME, "Datetime"],
  [DOUBLE, "Double"],
  [INT, "Int"],
  [KEYWORD, "Keyword"],
  [KEYWORD_LIST, "KeywordList"],
  [TEXT, "Text"],
]);

/** The custom attributes of a namespace. */
export interface AttributeSchema {
  readonly namespaceName: string;
  readonly customTypes: ReadonlyMap<string, IndexedValueType>;
}

/** Limits of the size of a run's attributes. */
type SizeLimits = Pick<RunLimits, "searchAttributeBytesMax" | "searchAttributesBytesMax">;

/**
 * Checks search attributes against the schema of their namespace and notes the type of each in
 * its payload, unless the sender wrote one there. How large they are is not looked at.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function typedSearchAttributes(
  attributes: SearchAttributesInit,
  schema: AttributeSchema,
  limits: Pick<RunLimits, "searchAttributesMax">,
): SearchAttributesInit {
  const fields = attributes.indexedFields ?? new Map<string, PayloadInit>();
  checkAttributeNames(attributes, schema);
  if (fields.size > limits.searchAttributesMax) {
    throw new InvalidArgumentError(
      `number of search attributes ${fields.size} exceeds limit ${limits.searchAttributesMax}`,
    );
  }
  const typed = new Map<string, PayloadInit>();
  for (const [name, payload] of fields) {
    const type = settableType(name, schema);
    checkValue({ name, type, payload });
    typed.set(name, withType(payload, type));
  }
  return { indexedFields: typed };
}

/**
 * Checks the size of search attributes, of each and of all together.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkAttributeSizes(attributes: SearchAttributesInit, limits: SizeLimits): void {
  const { searchAttributeBytesMax: valueBytesMax, searchAttributesBytesMax: bytesMax } = limits;
  for (const [name, { data }] of attributes.indexedFields ?? []) {
    const valueBytes = data?.length ?? 0;
    if (valueBytes <= valueBytesMax) continue;
    throw new InvalidArgumentError(
      `search attribute ${name} value size ${valueBytes} exceeds size limit ${valueBytesMax}`,
    );
  }
  const totalBytes = SearchAttributes.encode(attributes).length;
  if (totalBytes <= bytesMax) return;
  throw new InvalidArgumentError(
    `total size of search attributes ${totalBytes} exceeds size limit ${bytesMax}`,
  );
}

/**
 * Checks that the namespace has all of the attributes.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkAttributeNames(
  attributes: SearchAttributesInit,
  schema: AttributeSchema,
): void {
  for (const name of attributes.indexedFields?.keys() ?? []) {
    if (PREDEFINED_ATTRIBUTES.has(name) || schema.customTypes.has(name)) continue;
    if (SYSTEM_ATTRIBUTES.has(name)) continue;
    throw new InvalidArgumentError(
      `Namespace ${schema.namespaceName} has no mapping defined for search attribute ${name}`,
    );
  }
}

function settableType(name: string, schema: AttributeSchema): IndexedValueType {
  const type = SETTABLE_ATTRIBUTES.get(name) ?? schema.customTypes.get(name);
  if (type !== undefined) return type;
  throw new InvalidArgumentError(`${name} attribute can't be set in SearchAttributes`);
}

interface TypedField {
  readonly name: string;
  readonly type: IndexedValueType;
  readonly payload: PayloadInit;
}

function checkValue({ name, type, payload }: TypedField): void {
  const data = Buffer.from(payload.data ?? []);
  const encoding = textOf(payload.metadata?.get("encoding"));
  if (encoding === "binary/null") return;
  const value = encoding === "json/plain" ? parseJson(data.toString()) : undefined;
  const isValid =
    value !== undefined && (value.json === null || fits(type, value.json, value.text));
  if (isValid) return;
  const shown = value === undefined ? undecodedText(payload) : goText(value.json);
  const typeName = ATTRIBUTE_TYPE_NAMES.get(type) ?? "";
  throw new InvalidArgumentError(
    `invalid value for search attribute ${name} of type ${typeName}: ${shown}`,
  );
}

function textOf(bytes: Uint8Array | undefined): string {
  return bytes === undefined ? "" : Buffer.from(bytes).toString("latin1");
}

function parseJson(text: string): { readonly json: unknown; readonly text: string } | undefined {
  try {
    return { json: JSON.parse(text) as unknown, text };
  } catch {
    return undefined;
  }
}

/** A single value may come as a list of one, and nothing as an empty list. */
function fits(type: IndexedValueType, json: unknown, text: string): boolean {
  if (type === KEYWORD_LIST) {
    return Array.isArray(json) && json.every((item) => item === null || typeof item === "string");
  }
  if (!Array.isArray(json)) return fitsSingle(type, json, text);
  const inner = text.trim().slice(1, -1).trim();
  return json.length === 0 || (json.length === 1 && fitsSingle(type, json[0], inner));
}

/** A date with time and zone, as RFC 3339 writes it. */
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

function fitsSingle(type: IndexedValueType, json: unknown, text: string): boolean {
  switch (type) {
    case BOOL:
      return typeof json === "boolean";
    case DATETIME:
      return typeof json === "string" && RFC_3339.test(json) && !Number.isNaN(Date.parse(json));
    case DOUBLE:
      return typeof json === "number";
    case INT:
      return typeof json === "number" && /^-?\d+$/.test(text.trim());
    default:
      return typeof json === "string";
  }
}

/** A decoded value as error messages of Go programs show it. */
function goText(json: unknown): string {
  if (json === null) return "<nil>";
  if (Array.isArray(json)) return `[${json.map(goText).join(" ")}]`;
  if (typeof json !== "object") return String(json);
  const entries = Object.entries(json).sort(([one], [other]) => (one < other ? -1 : 1));
  return `map[${entries.map(([key, value]) => `${key}:${goText(value)}`).join(" ")}]`;
}

/** A payload that is no JSON as the official server's error messages show it. */
function undecodedText(payload: PayloadInit): string {
  const data = payload.data ?? new Uint8Array(0);
  if (textOf(payload.metadata?.get("encoding")) === "binary/plain") return `[${data.join(" ")}]`;
  const fields = [...(payload.metadata ?? [])].map(
    ([name, value]) =>
      `metadata:{key:${JSON.stringify(name)}  value:${JSON.stringify(textOf(value))}}`,
  );
  if (data.length > 0) fields.push(`data:${JSON.stringify(textOf(data))}`);
  return `value from <${fields.join("  ")}>`;
}

function withType(payload: PayloadInit, type: IndexedValueType): PayloadInit {
  if (payload.metadata?.has("type") === true) return payload;
  const metadata = new Map(payload.metadata);
  metadata.set("type", Buffer.from(ATTRIBUTE_TYPE_NAMES.get(type) ?? ""));
  return { ...payload, metadata };
}
