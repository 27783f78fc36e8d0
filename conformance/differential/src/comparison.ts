import { withoutChance } from "./compare/chance-times.js";
import { readableDiff } from "./compare/differ.js";
import { withoutTolerated } from "./compare/tolerance.js";
import type { ScenarioDefinition } from "./scenario.js";
import type { Transcript } from "./transcript.js";

/** Compares step by step and names the differing ones; empty when all are equal. */
export function compareTranscripts(
  definition: ScenarioDefinition,
  sides: { readonly expected: Transcript; readonly actual: Transcript },
): string {
  const expected = withoutTolerated(sides.expected, definition.tolerances).steps;
  const actual = withoutTolerated(sides.actual, definition.tolerances).steps;
  const parts: string[] = [];
  for (let index = 0; index < Math.max(expected.length, actual.length); index += 1) {
    const seen = withoutChance(actual[index], expected[index]);
    const diff = readableDiff(expected[index], seen as (typeof actual)[number] | undefined);
    if (diff === "") continue;
    const step = expected[index] ?? actual[index];
    const title = [step?.call ?? "end", step?.label].filter(Boolean).join(" · ");
    parts.push(`step ${index + 1}: ${title}   (- expected, + actual)\n${diff}`);
  }
  return parts.join("\n\n");
}
