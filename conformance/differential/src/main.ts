import { parseArgs } from "node:util";
import { compareTranscripts } from "./comparison.js";
import { readRecordings, writeRecording } from "./recordings.js";
import { runAt, runOnSetups, type Transcripts } from "./run-on-setups.js";
import type { ScenarioDefinition } from "./scenario.js";
import { scenarios } from "./scenarios/index.js";
import { startOfficialServer } from "./servers/official-server.js";
import { startOurServer } from "./servers/our-server.js";

const USAGE = `Usage: npm run differential [-- COMMAND] [--only TEXT]... [--print]

Commands:
  live     start the official server and ours, run on both and compare (the default)
  check    start our server and compare with the recordings
  record   run on the official server several times (--times N, 3 by default) and record the
           scenarios that went the same each time

Options:
  --only TEXT          scenarios whose name contains TEXT, or one of several
  --print              print what was seen on the server that is compared, as JSON
  --target HOST:PORT   compare this server instead of starting ours
  --against HOST:PORT  with --target: compare with this server instead of the recordings
`;

interface Options {
  readonly print: boolean;
  readonly times: string;
  readonly only?: string[];
  readonly target?: string;
  readonly against?: string;
}

process.exitCode = await main();

/** Returns the exit status: 0 all equal, 1 differences, 2 wrong usage. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      target: { type: "string" },
      against: { type: "string" },
      only: { type: "string", multiple: true },
      times: { type: "string", default: "3" },
      print: { type: "boolean", default: false },
    },
  });
  const { only = [""] } = values;
  const chosen = scenarios.filter(({ name }) => only.some((text) => name.includes(text)));
  if (values.target !== undefined) return await compareTarget(chosen, values.target, values);
  switch (positionals[0] ?? "live") {
    case "record":
      return await record(chosen, Number(values.times));
    case "check": {
      const [actual] = await runOnSetups(chosen, startOurServer);
      return report(chosen, { expected: await readRecordings(chosen), actual }, values);
    }
    case "live": {
      const [expected] = await runOnSetups(chosen, startOfficialServer);
      const [actual] = await runOnSetups(chosen, startOurServer);
      return report(chosen, { expected, actual }, values);
    }
    default:
      process.stderr.write(USAGE);
      return 2;
  }
}

async function compareTarget(
  chosen: readonly ScenarioDefinition[],
  target: string,
  options: Options,
): Promise<number> {
  // A server that runs has one configuration, which is taken to be the standard one.
  const standard = chosen.filter(({ setup }) => setup === "standard");
  const actual = await runAt(target, standard);
  const { against } = options;
  const expected =
    against === undefined ? await readRecordings(standard) : await runAt(against, standard);
  return report(standard, { expected, actual }, options);
}

interface Sides {
  readonly expected: Transcripts | undefined;
  readonly actual: Transcripts | undefined;
}

function report(
  chosen: readonly ScenarioDefinition[],
  { expected, actual }: Sides,
  { print }: Pick<Options, "print">,
): number {
  let differingCount = 0;
  for (const definition of chosen) {
    const [left, right] = [expected?.get(definition.name), actual?.get(definition.name)];
    if (print) process.stdout.write(`${JSON.stringify(right, null, 1)}\n`);
    const none = left === undefined ? "never recorded" : "not run";
    const diff =
      left && right ? compareTranscripts(definition, { expected: left, actual: right }) : none;
    if (diff !== "") differingCount += 1;
    process.stdout.write(
      diff === "" ? `ok   ${definition.name}\n` : `DIFF ${definition.name}\n${diff}\n\n`,
    );
  }
  process.stdout.write(`${chosen.length - differingCount} equal, ${differingCount} different\n`);
  return differingCount === 0 ? 0 : 1;
}

/** Runs each scenario several times on the official server; writes what was equal every time. */
async function record(chosen: readonly ScenarioDefinition[], times: number): Promise<number> {
  const rounds = await runOnSetups(chosen, startOfficialServer, times);
  let unstableCount = 0;
  for (const definition of chosen) {
    const transcripts = rounds.flatMap((round) => round.get(definition.name) ?? []);
    const [expected] = transcripts;
    if (expected === undefined) continue;
    const diffs = transcripts.map((actual) => compareTranscripts(definition, { expected, actual }));
    const diff = diffs.find((text) => text !== "");
    if (diff === undefined) await writeRecording(expected);
    else unstableCount += 1;
    const outcome = diff === undefined ? "recorded" : "UNSTABLE";
    process.stdout.write(
      `${outcome} ${definition.name}\n${diff === undefined ? "" : `${diff}\n\n`}`,
    );
  }
  process.stdout.write(
    `${chosen.length - unstableCount} recorded, ${unstableCount} unstable and not recorded\n`,
  );
  return unstableCount === 0 ? 0 : 1;
}
