// Runs the cases in turns, each in a process of its own, and prints a table of medians:
//   node bench/sqlite/main.mjs [--rounds 3] [--dir FOLDER] [--node22 PATH] [--only REGEX]
// node:sqlite is left out unless this Node.js, or the one that --node22 names, has it.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    dir: { type: "string", default: tmpdir() },
    node22: { type: "string" },
    only: { type: "string", default: "." },
  },
});
const here = fileURLToPath(new URL(".", import.meta.url));
const script = `${here}run-case.mjs`;
const hasBuiltin = isBuiltin("node:sqlite");
if (!existsSync(`${here}node_modules`)) {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}

const CASES = [
  ["better-sqlite3 (the base of all below)", {}],
  ["libsql", { driver: "libsql" }],
  ["node:sqlite", { driver: "node:sqlite", ...(flags.node22 && { node: flags.node22 }) }],
  ["node-sqlite3-wasm (no WAL: rollback journal)", { driver: "node-sqlite3-wasm", batches: 300 }],
  ["batch of 1 step (4 rows)", { steps: 1 }],
  ["batch of 4 steps", { steps: 4 }],
  ["batch of 64 steps", { steps: 64, batches: 500 }],
  ["batch of 256 steps", { steps: 256, batches: 200 }],
  ["VALUES of up to 4 rows", { widths: [4, 2, 1] }],
  ["VALUES of up to 16 rows", { widths: [16, 8, 4, 2, 1] }],
  ["JSON array per table, blobs cut from one", { bulk: "json" }],
  ["log as 3 rows per step", { logRowsPerStep: 3 }],
  ["log with rowid and a unique index", { withoutRowid: false }],
  ["visibility without indexes", { indexes: 0 }],
  ["visibility with 3 indexes", { indexes: 3 }],
  ["page size 8192", { pageSize: 8192 }],
  ["page size 16384", { pageSize: 16384 }],
  ["wal_autocheckpoint 250", { autocheckpoint: 250 }],
  ["wal_autocheckpoint 4000", { autocheckpoint: 4000 }],
  ["wal_autocheckpoint 16000", { autocheckpoint: 16000 }],
  ["no checkpoint at all", { autocheckpoint: 0 }],
  ["locking_mode EXCLUSIVE", { pragmas: ["locking_mode = EXCLUSIVE"] }],
  ["mmap_size 256 MiB", { pragmas: ["mmap_size = 268435456"] }],
  ["synchronous NORMAL", { synchronous: "NORMAL" }],
  ["synchronous OFF", { synchronous: "OFF" }],
];

const wanted = CASES.filter(([name]) => new RegExp(flags.only).test(name));
const results = new Map(wanted.map(([name]) => [name, []]));
for (let round = 0; round < Number(flags.rounds); round++) {
  for (const [name, options] of wanted) runCase(name, options);
}
print();

function runCase(name, options) {
  if (options.driver === "node:sqlite" && options.node === undefined && !hasBuiltin) return;
  const { node = process.execPath, ...rest } = options;
  const argument = JSON.stringify({ dir: flags.dir, ...rest });
  const stdio = ["ignore", "pipe", "pipe"];
  try {
    const line = execFileSync(node, [script, argument], { encoding: "utf8", stdio });
    results.get(name).push(JSON.parse(line));
  } catch (error) {
    process.stderr.write(
      `${name}: ${String(error.stderr ?? error)
        .trim()
        .split("\n")
        .at(-1)}\n`,
    );
  }
}

function print() {
  process.stdout.write(
    "| case | CPU µs/row | CPU µs/commit | commits/s | commit p50 ms | p99 ms | fsync p50 ms |\n" +
      "| --- | --: | --: | --: | --: | --: | --: |\n",
  );
  for (const [name, rows] of results) {
    if (rows.length === 0) continue;
    const cell = (key, digits) => {
      const sorted = rows.map((row) => row[key]).sort((a, b) => a - b);
      return sorted[sorted.length >> 1].toFixed(digits);
    };
    const cells = [
      cell("cpuUsPerRow", 1),
      cell("cpuUsPerCommit", 0),
      cell("commitsPerS", 0),
      cell("commitP50Ms", 2),
      cell("commitP99Ms", 2),
      cell("fsyncP50Ms", 2),
    ];
    process.stdout.write(`| ${name} | ${cells.join(" | ")} |\n`);
  }
}
