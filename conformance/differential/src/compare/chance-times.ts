import type { JsonObject } from "./normaliser.js";

/** Fields whose two times may be one moment in a quick run though they are apart in a slow one. */
const FIELDS: ReadonlySet<string> = new Set(["originalStartTime", "currentAttemptScheduledTime"]);
const NAMED_TIME = /^<[a-zA-Z]+>$/;

/**
 * What was seen, with a time that happens to be that of another field shown as a time of its own
 * where that is expected. The other way round stays a difference.
 */
export function withoutChance(actual: unknown, expected: unknown): unknown {
  if (Array.isArray(actual)) {
    const others: readonly unknown[] = Array.isArray(expected) ? expected : [];
    return actual.map((item, index) => withoutChance(item, others[index]));
  }
  if (!isObject(actual)) return actual;
  const other = isObject(expected) ? expected : {};
  return Object.fromEntries(
    Object.entries(actual).map(([name, value]) => {
      const isChance =
        FIELDS.has(name) && NAMED_TIME.test(String(value)) && other[name] === "<time>";
      return [name, isChance ? "<time>" : withoutChance(value, other[name])];
    }),
  );
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
