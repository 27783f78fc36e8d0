import type { Tolerance } from "../scenario.js";
import type { Transcript } from "../transcript.js";
import type { Json, JsonObject } from "./normaliser.js";

/**
 * Leaves out of a transcript what its scenario tolerates; both sides of a comparison go through it.
 */
export function withoutTolerated(
  transcript: Transcript,
  tolerances: readonly Tolerance[],
): Transcript {
  const steps = transcript.steps.map((step) => {
    const paths = tolerances.filter(({ call }) => call === step.call).map(({ path }) => path);
    return paths.reduce((rest, path) => without(rest, path.split(".")) as JsonObject, step);
  });
  return { ...transcript, steps };
}

function without(value: Json, path: readonly string[]): Json {
  const [key, ...rest] = path;
  if (key === undefined || typeof value !== "object" || value === null) return value;
  const isLast = rest.length === 0;
  const matches = (name: string): boolean => key === "*" || key === name;
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    if (isLast) return items.filter((_, index) => !matches(String(index)));
    return items.map((item, index) => (matches(String(index)) ? without(item, rest) : item));
  }
  const entries = Object.entries(value as JsonObject)
    .filter(([name]) => !(isLast && matches(name)))
    .map(([name, item]): [string, Json] => [name, matches(name) ? without(item, rest) : item]);
  return Object.fromEntries(entries);
}
