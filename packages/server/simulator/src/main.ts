import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { COVERAGE_POINTS, type CoveragePoint, missingPoints } from "./coverage-points.js";
import { simulate } from "./simulation.js";

/**
/**
 * `npm run sim -- [--seeds N] [--seed S] [--workflows W] [--trace] [--smallest] [--first-failure]`:
 * runs N simulations from seed S on and prints what they covered. Ends with 1 when one of them
 * failed, or when so many seeds ran that every situation should have come up and one did not.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    workflows: { type: "string", default: "12" },
    trace: { type: "boolean", default: false },
    /** Stops at the first seed that fails. */
    "first-failure": { type: "boolean", default: false },
    /** Looks for the fewest workflows with which a failing seed still fails. */
    smallest: { type: "boolean", default: false },
  },
});

/** With so many seeds every situation must have come up. */
const FULL_COVERAGE_SEEDS = 100;

const seedCount = Number(values.seeds);
const firstSeed = Number(values.seed);
const workflowCount = Number(values.workflows);
const covered = new Map<CoveragePoint, number>();
let failureCount = 0;
let eventCount = 0;
for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
  try {
    const result = await simulate({ seed, workflowCount, onTrace });
    eventCount += result.eventCount;
    for (const point of result.coverage) covered.set(point, (covered.get(point) ?? 0) + 1);
    if (seedCount === 1) print(`trace ${result.traceHash}`);
  } catch (error) {
    failureCount += 1;
    print(describe(error));
    if (values["first-failure"]) break;
    if (values.smallest) print(`fails with --workflows ${await smallestCount(seed)}`);
  }
}
for (const point of COVERAGE_POINTS) print(`${covered.get(point) ?? 0}\t${point}`);
const missing = missingPoints(new Set(covered.keys()));
const isComplete = missing.length === 0 || seedCount < FULL_COVERAGE_SEEDS;
if (!isComplete) print(`never reached: ${missing.join("; ")}`);
print(`${seedCount - failureCount} of ${seedCount} seeds passed, ${eventCount} events`);
const summaryFile = process.env.PERDURE_TEST_SUMMARY;
if (summaryFile !== undefined) {
  const failed = failureCount + (isComplete ? 0 : 1);
  writeFileSync(summaryFile, JSON.stringify({ passed: seedCount - failureCount, failed }));
}
process.exitCode = failureCount > 0 || !isComplete ? 1 : 0;

function onTrace(line: string): void {
  if (values.trace) process.stdout.write(line);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncause: ${describe(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

async function smallestCount(seed: number): Promise<number> {
  for (let count = 1; count < workflowCount; count++) {
    try {
      await simulate({ seed, workflowCount: count });
    } catch {
      return count;
    }
  }
  return workflowCount;
}
