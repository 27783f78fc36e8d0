/** Runs the Go suite against `PERDURE_TARGET`, or against a server that it starts. */
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { targetServer } from "../started-server/started-server.mjs";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

const server = await targetServer();
const child = spawn("go", ["test", "-count=1", "-timeout=4m", "-parallel=8", "-json", "./..."], {
  cwd: FOLDER,
  stdio: ["ignore", "pipe", "inherit"],
  env: { ...process.env, PERDURE_TARGET: server.address },
});
let text = "";
child.stdout.on("data", (chunk) => {
  text += chunk;
});
const code = await new Promise((resolve) => child.once("close", resolve));
await server.stop();

const results = text
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line));
const count = (action) =>
  results.filter((each) => each.Test !== undefined && each.Action === action).length;
const failed = count("fail");
if (code !== 0) console.log(results.map(({ Output }) => Output ?? "").join(""));
console.log(`${count("pass")} passed, ${failed} failed`);
const file = process.env.PERDURE_TEST_SUMMARY;
const isBroken = code !== 0 && failed === 0;
if (file !== undefined) {
  writeFileSync(file, JSON.stringify({ passed: count("pass"), failed: isBroken ? 1 : failed }));
}
process.exitCode = code ?? 1;
