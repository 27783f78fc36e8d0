// Prints what an agent that sends its growing conversation 100 times takes in a SQLite file.
// Usage: node bench/payload-share.mjs [--first BYTES] [--turn BYTES] [--calls N]
import { Console } from "node:console";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openSqliteStore } from "../dist/index.js";
import { agentBatches } from "../dist/testing/agent-batches.js";

const { values: options } = parseArgs({
  options: {
    first: { type: "string", default: "8000" },
    turn: { type: "string", default: "8000" },
    calls: { type: "string", default: "100" },
  },
});
const agent = {
  runNo: 1,
  callCount: Number(options.calls),
  firstBytes: Number(options.first),
  turnBytes: Number(options.turn),
};

async function timed(work) {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function middleAndMax(times) {
  const sorted = [...times].sort((left, right) => left - right);
  return `${sorted[sorted.length >> 1].toFixed(1)}, ${sorted.at(-1).toFixed(1)}`;
}

const folder = mkdtempSync(join(tmpdir(), "perdure-payloads-"));
try {
  const path = join(folder, "store.db");
  const store = await openSqliteStore({ path });
  let naiveBytes = 0;
  const commits = [];
  for (const batch of agentBatches(agent)) {
    for (const { entry } of batch) naiveBytes += entry?.events.length ?? 0;
    commits.push(await timed(() => store.commit(batch)));
  }
  const reads = [];
  for (let seq = 1; seq <= agent.callCount; seq++) {
    reads.push(await timed(() => store.readLog(1, seq, 1)));
  }
  const deletion = await timed(() => store.commit([{ kind: "deleteRun", runNo: 1 }]));
  await store.close();
  const { size } = statSync(path);
  const rows = [
    ["bytes of all calls", naiveBytes.toLocaleString("en")],
    ["bytes of the file", size.toLocaleString("en")],
    ["share, % (at most 5)", ((100 * size) / naiveBytes).toFixed(2)],
    ["commit of a call, ms: median, longest", middleAndMax(commits)],
    ["read of a call, ms: median, longest", middleAndMax(reads)],
    ["deletion of the run, ms", deletion.toFixed(1)],
  ];
  const { log } = new Console(process.stdout);
  for (const [title, figure] of rows) log(`${title.padEnd(40)} ${figure}`);
} finally {
  rmSync(folder, { recursive: true });
}
