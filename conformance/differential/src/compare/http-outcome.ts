import type { HttpAnswer } from "../wire/http-caller.js";
import { FIELD_RULES, type FieldRule } from "./normalisation-rules.js";
import { idKind, type Json, type JsonObject, type Normaliser } from "./normaliser.js";

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;
/** Where in its own source the official server was; of no use to a client. */
const GO_SOURCE = / \(in \S+\.go:\d+\)$/;

/** Rules by the name of the field alone: the message that a field belongs to is not in the JSON. */
const RULES: ReadonlyMap<string, FieldRule> = new Map(
  Object.entries(FIELD_RULES).map(([key, rule]) => [key.slice(key.indexOf(".") + 1), rule]),
);

/** Makes of an answer what is compared. */
export function httpOutcome(answer: HttpAnswer, normaliser: Normaliser): JsonObject {
  const { status, contentType, location, text } = answer;
  const head = {
    status,
    // The official server says `*`, which is no media type; ours says what it means.
    contentType: contentType === "*" ? "application/json" : contentType,
  };
  const place = location === undefined ? {} : { location: normaliser.text(location, "uuid") };
  return { ...head, ...place, ...body(text, normaliser) };
}

function body(text: string, normaliser: Normaliser): JsonObject {
  if (text === "") return {};
  try {
    const parsed = JSON.parse(text) as Json;
    const layout = text.includes("\n") ? "pretty" : "compact";
    return { layout, body: value(parsed, { name: "", normaliser }) };
  } catch {
    return { text: normaliser.text(text, "uuid") };
  }
}

interface Context {
  /** Of the field that the value stands in. */
  readonly name: string;
  readonly normaliser: Normaliser;
}

function value(json: Json, { name, normaliser }: Context): Json {
  if (Array.isArray(json)) {
    return (json as readonly Json[]).map((item) => value(item, { name, normaliser }));
  }
  if (typeof json === "string") {
    if (TIME.test(json)) return "<time>";
    return normaliser.text(json.replace(GO_SOURCE, ""), idKind(name));
  }
  if (typeof json !== "object" || json === null) return json;
  const fields: Record<string, Json> = {};
  // The order of fields says nothing in JSON.
  for (const [key, item] of Object.entries(json).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const rule = RULES.get(key);
    if (rule?.kind === "drop") continue;
    fields[normaliser.text(key, idKind(key))] =
      rule?.kind === "mask" ? `<${rule.label}>` : value(item, { name: key, normaliser });
  }
  return fields;
}
