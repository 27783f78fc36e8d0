// Measures each server in turn, several rounds, and prints a Markdown table of medians:
//   node bench/transport/run.mjs [--rounds 3] [--seconds 5] [--servers NAME,NAME]
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const ALL_SERVERS = "grpc-js,node-http2,node-http2-lean,own-http2";
const here = import.meta.dirname;
const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const rounds = Number(option("rounds", "3"));
const seconds = option("seconds", "5");
const servers = option("servers", ALL_SERVERS).split(",");

if (!existsSync(path.join(here, "node_modules"))) {
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}
const load = path.join(mkdtempSync(path.join(tmpdir(), "transport-")), "load");
execFileSync("go", ["build", "-o", load, "."], { cwd: path.join(here, "load"), stdio: "inherit" });

async function measure(name) {
  const server = spawn(process.execPath, [path.join(here, "servers", `${name}.mjs`)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const port = await new Promise((resolve, reject) => {
      server.stdout.once("data", (data) => resolve(String(data).trim()));
      server.once("exit", () => reject(new Error(`${name} did not start`)));
    });
    const args = ["-target", `127.0.0.1:${port}`, "-pid", String(server.pid)];
    const output = execFileSync(load, [...args, "-duration", `${seconds}s`], { encoding: "utf8" });
    return JSON.parse(output);
  } finally {
    server.kill("SIGKILL");
  }
}

const results = new Map(servers.map((name) => [name, []]));
for (let round = 0; round < rounds; round += 1) {
  for (const name of servers) {
    const result = await measure(name);
    results.get(name).push(result);
    console.error(name, JSON.stringify(result));
  }
}
const median = (list, key) => list.map((r) => r[key]).sort((a, b) => a - b)[list.length >> 1];
const round = (value) => Math.round(value * 10) / 10;
console.log("| server | µs CPU per RPC | RPC per CPU-second | RPC/s | p50 ms | p99 ms | failed |");
console.log("| --- | --- | --- | --- | --- | --- | --- |");
for (const [name, list] of results) {
  const m = (key) => median(list, key);
  console.log(
    `| ${name} | ${round(m("cpuMicrosPerCall"))} | ${Math.round(m("perCpuSecond"))} ` +
      `| ${Math.round(m("perSecond"))} | ${(m("p50Micros") / 1000).toFixed(2)} ` +
      `| ${(m("p99Micros") / 1000).toFixed(2)} | ${m("failed")} |`,
  );
}
