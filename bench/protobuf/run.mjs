/**
 * Compares `@perdure/proto` with the protobuf libraries: `node bench/protobuf/run.mjs`, after a
 * build. Installs the libraries into this folder and prints a table in Markdown.
 */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

if (!existsSync(`${here}node_modules/ts-proto`)) {
  execFileSync("npm", ["install", "--no-package-lock", "--no-audit", "--no-fund"], {
    cwd: here,
    stdio: "inherit",
  });
}
if (!existsSync(`${here}.cache/ts-proto.mjs`)) (await import("./prepare.mjs")).prepare();

const { candidates } = await import("./candidates.mjs");
const { samples } = await import("./samples.mjs");

for (const { name, bytes } of samples) console.log(`${name}: ${bytes.length} bytes`);
console.log(`Node.js ${process.version}, CPU µs per message, best of rounds\n`);
const columns = samples.flatMap((_, at) => [`decode ${at + 1}`, `encode ${at + 1}`]);
console.log(row(["library", ...columns]));
console.log(row(["---", ...columns.map(() => "---:")]));
for (const name of Object.keys(candidates)) {
  const results = JSON.parse(execFileSync(process.execPath, ["measure.mjs", name], { cwd: here }));
  const figures = results.flatMap(({ decodeUs, encodeUs }) => [decodeUs, encodeUs]);
  console.log(row([name, ...figures.map((us) => us.toFixed(us < 100 ? 2 : 0))]));
}

function row(cells) {
  return `| ${cells.join(" | ")} |`;
}
