import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { simulate } from "./simulation.js";

/**
 * `npm run sim -- [--seeds N] [--seed S] [--workflows W] [--trace]`: runs N simulations from seed S on and
 * prints what they covered. Ends with 1 when one of them failed.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "50" },
    seed: { type: "string", default: "1" },
    workflows: { type: "string", default: "12" },
    trace: { type: "boolean", default: false },
  },
});

const seedCount = Number(values.seeds);
const firstSeed = Number(values.seed);
const covered = new Map<string, number>();
let failureCount = 0;
let eventCount = 0;
for (let seed = firstSeed; seed < firstSeed + seedCount; seed++) {
  try {
    const result = await simulate({
      seed,
      workflowCount: Number(values.workflows),
      onTrace: (line) => {
        if (values.trace) process.stdout.write(line);
      },
    });
    eventCount += result.eventCount;
    for (const point of result.coverage) covered.set(point, (covered.get(point) ?? 0) + 1);
    if (seedCount === 1) process.stdout.write(`trace ${result.traceHash}\n`);
  } catch (error) {
    failureCount += 1;
    process.stdout.write(`seed ${seed} failed: ${error instanceof Error ? error.stack : error}\n`);
    if (error instanceof Error && error.cause !== undefined)
      process.stdout.write(
        `cause: ${error.cause instanceof Error ? error.cause.stack : error.cause}\n`,
      );
  }
}
for (const [point, count] of [...covered].sort()) process.stdout.write(`${count}\t${point}\n`);
process.stdout.write(
  `${seedCount - failureCount} of ${seedCount} seeds passed, ${eventCount} events\n`,
);
const summaryFile = process.env.PERDURE_TEST_SUMMARY;
if (summaryFile !== undefined) {
  const summary = { passed: seedCount - failureCount, failed: failureCount };
  writeFileSync(summaryFile, JSON.stringify(summary));
}
process.exitCode = failureCount > 0 ? 1 : 0;
