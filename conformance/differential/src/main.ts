import { parseArgs } from "node:util";
import { compareTranscripts } from "./comparison.js";
import { readRecording, writeRecording } from "./recordings.js";
import { runScenarios } from "./run-scenario.js";
import type { ScenarioDefinition } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { startOfficialServer } from "./servers/official-server.js";
import type { Transcript } from "./transcript.js";

const USAGE = `Usage:
  npm run differential -w @perdure/conformance -- --target HOST:PORT [--against HOST:PORT] [--only NAME]
  npm run differential -w @perdure/conformance -- record [--only NAME] [--times N]
`;

const CONCURRENCY = 12;

process.exitCode = await main();

/** Returns the exit status: 0 all equal, 1 differences, 2 wrong usage. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      target: { type: "string" },
      against: { type: "string" },
      only: { type: "string" },
      times: { type: "string", default: "5" },
      print: { type: "boolean", default: false },
    },
  });
  const chosen = scenarios.filter(({ name }) => name.includes(values.only ?? ""));
  if (positionals[0] === "record") return await record(chosen, Number(values.times));
  if (values.target === undefined) {
    process.stderr.write(USAGE);
    return 2;
  }
  const actual = await runScenarios(chosen, { address: values.target, concurrency: CONCURRENCY });
  if (values.print) process.stdout.write(`${JSON.stringify(actual, null, 1)}\n`);
  const expected = await expectations(chosen, values.against);
  return report(chosen, { expected, actual });
}

async function expectations(
  chosen: readonly ScenarioDefinition[],
  against: string | undefined,
): Promise<readonly (Transcript | undefined)[]> {
  if (against === undefined)
    return await Promise.all(chosen.map(({ name }) => readRecording(name)));
  return await runScenarios(chosen, { address: against, concurrency: CONCURRENCY });
}

interface Sides {
  readonly expected: readonly (Transcript | undefined)[];
  readonly actual: readonly (Transcript | undefined)[];
}

function report(chosen: readonly ScenarioDefinition[], { expected, actual }: Sides): number {
  let differingCount = 0;
  chosen.forEach((definition, index) => {
    const [left, right] = [expected[index], actual[index]];
    const none = left === undefined ? "never recorded" : "not run";
    const diff =
      left && right ? compareTranscripts(definition, { expected: left, actual: right }) : none;
    if (diff !== "") differingCount += 1;
    process.stdout.write(
      diff === "" ? `ok   ${definition.name}\n` : `DIFF ${definition.name}\n${diff}\n\n`,
    );
  });
  process.stdout.write(`${chosen.length - differingCount} equal, ${differingCount} different\n`);
  return differingCount === 0 ? 0 : 1;
}

/** Runs each scenario several times on the official server; writes what was equal every time. */
async function record(chosen: readonly ScenarioDefinition[], times: number): Promise<number> {
  const server = await startOfficialServer();
  try {
    const options = { address: server.address, concurrency: CONCURRENCY };
    const first = await runScenarios(chosen, options);
    let status = 0;
    for (let run = 2; run <= times; run += 1) {
      const again = await runScenarios(chosen, options);
      process.stdout.write(`run ${run} of ${times} against run 1\n`);
      status = Math.max(status, report(chosen, { expected: first, actual: again }));
    }
    if (status === 0) await Promise.all(first.map(writeRecording));
    process.stdout.write(status === 0 ? "recorded\n" : "not recorded: the runs differ\n");
    return status;
  } finally {
    await server.stop();
  }
}
