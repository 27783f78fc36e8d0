/** `npm run bench [-- --quick] [-- --only ROW]`: see bench/README.md. */
import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "../conformance/started-server/started-server.mjs";
import { ensureBuilt } from "../tools/run/build.mjs";
import { runMain } from "../tools/run/command-line.mjs";
import { ensureInstalled } from "../tools/run/ensure-installed.mjs";
import { CommandError, requireCommand } from "../tools/run/run-command.mjs";
import { inRoot } from "../tools/run/workspace.mjs";
import { formatNumber, median } from "./figures.mjs";
import { buildLoadgen, runLoadgen } from "./loadgen.mjs";
import { calibrationMs, coresOfOthers, describeMachine, fsyncP50Ms } from "./machine.mjs";
import { readOptions, UsageError } from "./options.mjs";
import { medianOf, reportRow } from "./report.mjs";
import { MEASUREMENTS } from "./rows.mjs";
import { emptyFolder, serverCommand, TITLES, withServer } from "./servers.mjs";
import { formatConditions, formatTable } from "./table.mjs";

const WORK_FOLDER = inRoot(".cache/bench");
const DATA_FOLDER = path.join(WORK_FOLDER, "data");
const RAW_FILE = path.join(WORK_FOLDER, "raw.jsonl");

await runMain(async (args) => {
  const options = parseOptions(args);
  await ensureInstalled();
  await requireCommand([process.execPath, "tools/bootstrap/bootstrap.mjs"]);
  await ensureBuilt();
  await buildLoadgen();
  const report = formatReport(options, await measureAll(options));
  console.log(report);
  const file = options.out ?? inRoot("bench/results", options.isQuick ? "quick.md" : "bench.md");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, report);
  console.error(`Written to ${file}; every single result is in ${RAW_FILE}`);
});

function parseOptions(args) {
  try {
    return readOptions(args);
  } catch (error) {
    if (error instanceof UsageError) throw new CommandError(error.message);
    throw error;
  }
}

/** Measures row by row; within a row the servers take turns, so that all meet the same weather. */
async function measureAll(options) {
  const samples = [];
  const fsyncs = [];
  const calibrations = [];
  const names = new Set(options.rows.map(({ measurement }) => measurement));
  for (const name of names) {
    const { isOnce = false, isOursOnly = false } = MEASUREMENTS[name];
    for (let round = 0; round < (isOnce ? 1 : options.rounds); round++) {
      for (const server of isOursOnly ? ["perdure"] : options.servers) {
        emptyFolder(DATA_FOLDER);
        fsyncs.push(fsyncP50Ms(DATA_FOLDER));
        calibrations.push(calibrationMs());
        const sample = { measurement: name, server, ...(await measure(name, server, options)) };
        samples.push(sample);
        appendFileSync(RAW_FILE, `${JSON.stringify({ round, ...sample })}\n`);
        console.error(progress(sample, options.rows));
      }
    }
  }
  emptyFolder(DATA_FOLDER);
  return { samples, fsyncMs: median(fsyncs), calibrations };
}

async function measure(name, server, options) {
  const { args, isWindowed = false, isSpawning = false } = MEASUREMENTS[name];
  const port = await freePort();
  const command = serverCommand(server, { port, folder: DATA_FOLDER });
  const target = ["--target", `127.0.0.1:${port}`];
  const window = isWindowed ? ["--duration", `${options.seconds}s`, "--warmup", "4s"] : [];
  const count = name === "idle" ? ["--count", String(options.idleCount)] : [];
  const all = [...args, ...target, ...window, ...count];
  if (isSpawning) return withOthers(await runLoadgen([...all, "--", ...command]));
  return await withServer(command, async ({ pid }) => {
    const ready = await runLoadgen(["--scenario", "ready", ...target]);
    if (ready.problem !== undefined) return ready;
    return withOthers(await runLoadgen([...all, "--pid", String(pid)]));
  });
}

function withOthers({ result, problem }) {
  if (result === undefined) return { problem };
  return { result: { ...result, others_cores: coresOfOthers(result) } };
}

function progress({ measurement, server, result, problem }, rows) {
  const keys = rows.filter((row) => row.measurement === measurement).map(({ key }) => key);
  const figures = keys.map((key) => `${key} ${formatNumber(result?.[key])}`).join(", ");
  const others = formatNumber(result?.others_cores);
  return `${measurement} ${server}: ${problem ?? `${figures} (others use ${others} cores)`}`;
}

function formatReport(options, { samples, fsyncMs, calibrations }) {
  const { servers, idleCount } = options;
  const rows = options.rows.map((row) => reportRow(row, samples, { servers, fsyncMs, idleCount }));
  const best = Math.min(...calibrations);
  const conditions = {
    Taken: `${new Date().toISOString().slice(0, 16)}Z at ${revision()}`,
    Machine: describeMachine(),
    "Node.js": process.version,
    "fsync p50": `${formatNumber(fsyncMs)} ms`,
    "Runs of each figure": `${options.rounds}, of ${options.seconds} s; medians`,
    "Other processes used": `${formatNumber(medianOf(samples, "others_cores"))} cores (median)`,
    "A fixed piece of work took":
      `${formatNumber(best)} ms of CPU at best, ` +
      `${formatNumber(median(calibrations))} (median)`,
  };
  const table = formatTable(
    servers.map((server) => TITLES[server]),
    rows,
  );
  return `# Side by side\n\n${table}\n\n${formatConditions(conditions)}\n`;
}

function revision() {
  const git = (...args) => execFileSync("git", args, { cwd: inRoot("."), encoding: "utf8" }).trim();
  const isChanged = git("status", "--porcelain") !== "";
  return `${git("rev-parse", "--short", "HEAD")}${isChanged ? " with changes" : ""}`;
}
