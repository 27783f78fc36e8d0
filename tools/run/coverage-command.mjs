/**
 * `npm run coverage [-- folder]`: which lines of a package its unit tests never took; of the
 * engine by default, where a line not taken is a transition that no test made.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";
import { missedLines, missedParts } from "./missed-code.mjs";
import { requireCommand } from "./run-command.mjs";
import { inRoot, ROOT } from "./workspace.mjs";

/** Tests, what only they use, and the entry point, which has no code. */
const LEFT_OUT = /(\.test\.js$)|(\/(testing|contract)\/)|(\/dist\/index\.js$)/;

await runMain(async ([folder = "packages/server/engine"]) => {
  await ensureInstalled();
  await ensureBuilt();
  const records = mkdtempSync(path.join(tmpdir(), "perdure-coverage-"));
  try {
    const command = [process.execPath, "tools/run/unit-command.mjs", folder];
    await requireCommand(command, { env: { NODE_V8_COVERAGE: records } });
    printMissed(inRoot(folder, "dist"), readRecords(records));
  } finally {
    rmSync(records, { recursive: true, force: true });
  }
});

/** Returns what each process recorded, by script. */
function readRecords(folder) {
  const records = new Map();
  for (const file of readdirSync(folder)) {
    const { result } = JSON.parse(readFileSync(path.join(folder, file), "utf8"));
    for (const { url, functions } of result) {
      if (!url.startsWith("file:")) continue;
      const script = fileURLToPath(url);
      records.set(script, [...(records.get(script) ?? []), functions]);
    }
  }
  return records;
}

function printMissed(output, records) {
  const scripts = readdirSync(output, { recursive: true })
    .map((file) => path.join(output, file))
    .filter((file) => file.endsWith(".js") && !LEFT_OUT.test(file) && existsSync(`${file}.map`));
  let missedCount = 0;
  for (const script of scripts.sort()) {
    const text = readFileSync(script, "utf8");
    const sourceMap = JSON.parse(readFileSync(`${script}.map`, "utf8"));
    const parts = missedParts(records.get(script) ?? [], text.length);
    const numbers = missedLines(text, sourceMap, parts);
    missedCount += numbers.length;
    printFile(path.resolve(path.dirname(script), sourceMap.sources[0]), numbers);
  }
  console.log(`${missedCount} lines in ${scripts.length} files were never taken`);
}

function printFile(source, numbers) {
  if (numbers.length === 0) return;
  const lines = readFileSync(source, "utf8").split("\n");
  console.log(path.relative(ROOT, source));
  for (const number of numbers) console.log(`${`${number}`.padStart(6)}  ${lines[number - 1]}`);
}
