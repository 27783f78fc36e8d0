/**
 * Sends random requests to every RPC that the server has: nearly right ones, damaged ones and
 * noise. The server must answer each with a status that does not speak of a bug, log no error, and
 * serve on. Usage: `node conformance/fuzz/run.mjs [--seconds N] [--seed N]`.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { endProcess, spawnServer } from "../started-server/started-server.mjs";
import { HttpRequests } from "./http-requests.mjs";
import { RandomRequests } from "./random-request.mjs";
import { SeededRandom } from "./seeded-random.mjs";
import { allMethods, RawCaller } from "./wire.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "25" },
    seed: { type: "string", default: String(Date.now() % 1e6) },
  },
});
const SECONDS = Number(options.seconds);
const SEED = Number(options.seed);
const BATCH_CALLS = 100;
const BATCH_HTTP_CALLS = 30;
const CALL_MS = 5000;
/** Calls that wait for news get little time. */
const WAITING_MS = 300;
const WAITING = /^(Poll|GetWorkflowExecutionHistory$|QueryWorkflow$|UpdateWorkflow|ExecuteMulti)/;
/** Takes away the namespace that all others use, or answers as the broken would. */
const NEVER_RANDOM = /^(DeleteNamespace|AddOrUpdateRemoteCluster|RemoveRemoteCluster)$/;
const OVERSIZED_BYTES = 5 * 1024 * 1024;
const MEMORY_MAX = 200;

/** Statuses that a bug of the server would have. */
const BUGS = new Set(["INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE", "ABORTED"]);
/** What the official server answers with INTERNAL too: unreadable requests, and a bad token. */
const OFFICIAL_INTERNAL = /^(grpc: error unmarshalling request|error listing Nexus endpoints$)/;

const failures = [];
/** Whether every check of a test held, by the name of the test. */
const tests = new Map();
let checkCount = 0;

const folder = mkdtempSync(path.join(os.tmpdir(), "perdure-fuzz-"));
const server = await spawnServer({ databasePath: path.join(folder, "fuzz.db") });
let caller = new RawCaller(server.address);
const logStart = server.output().length;
console.log(`seed ${SEED}, ${SECONDS} s`);

const methods = await implementedMethods();
await fuzz();
await checkOversized();
await checkEnd();

caller.close();
rmSync(folder, { recursive: true, force: true });
for (const failure of failures.slice(0, 20)) console.log(`FAIL ${failure}`);
const failedCount = [...tests.values()].filter((isPassed) => !isPassed).length;
const passedCount = tests.size - failedCount;
console.log(`${checkCount} checks; ${passedCount} passed, ${failedCount} failed`);
const summary = process.env.PERDURE_TEST_SUMMARY;
if (summary !== undefined) {
  writeFileSync(summary, JSON.stringify({ passed: passedCount, failed: failedCount }));
}
process.exitCode = failures.length === 0 ? 0 : 1;

function check(test, isRight, what) {
  checkCount += 1;
  tests.set(test, (tests.get(test) ?? true) && isRight);
  if (!isRight) failures.push(what);
}

async function implementedMethods() {
  const found = [];
  for (const method of allMethods()) {
    const { code } = await caller.call(method.path, Buffer.alloc(0), CALL_MS);
    if (code !== "UNIMPLEMENTED") found.push(method);
  }
  return found;
}

async function fuzz() {
  const random = new SeededRandom(SEED);
  const memory = { tokens: [undefined], runIds: [undefined] };
  const requests = new RandomRequests(random, memory);
  const origin = `http://${server.httpAddress}`;
  const http = new HttpRequests({ origin, methods, random, requests });
  const untilMs = Date.now() + SECONDS * 1000;
  for (let batch = 0; Date.now() < untilMs && failures.length === 0; batch++) {
    const calls = Array.from({ length: BATCH_CALLS }, () => randomCall(random, requests, memory));
    await Promise.all(calls);
    await Promise.all(Array.from({ length: BATCH_HTTP_CALLS }, () => httpCall(http)));
    await probe(batch);
    // HTTP/2 lets a connection give up only so many calls before their answer.
    caller.close();
    caller = new RawCaller(server.address);
  }
}

async function httpCall(http) {
  const { name, problem } = await http.send(WAITING_MS);
  check(`HTTP ${name}`, problem === undefined, `HTTP ${name}: ${problem}`);
}

async function randomCall(random, requests, memory) {
  const method = random.of(methods.filter(({ name }) => !NEVER_RANDOM.test(name)));
  const whole = requests.encode(method);
  const bytes = random.chance(0.3) ? requests.damaged(whole) : whole;
  const timeoutMs = WAITING.test(method.name) ? WAITING_MS : CALL_MS;
  const answer = await caller.call(method.path, bytes, timeoutMs);
  const { code, message } = answer;
  const isRead = code !== "INTERNAL" || !OFFICIAL_INTERNAL.test(message);
  const isBug = BUGS.has(code) && isRead;
  const isLate = code === "DEADLINE_EXCEEDED" && timeoutMs === CALL_MS;
  const request = bytes.toString("base64");
  check(
    `random ${method.name}`,
    !isBug && !isLate,
    `${method.name}: ${code} ${message}; request ${request}`,
  );
  if (code === "OK") remember(method, answer.response, { memory, random });
}

/** Keeps tokens and run IDs for requests to come. */
function remember(method, bytes, { memory, random }) {
  const response = method.resolvedResponseType.decode(bytes);
  keep(memory.tokens, response.taskToken, random);
  keep(memory.tokens, response.nextPageToken, random);
  keep(memory.runIds, response.runId, random);
}

function keep(list, value, random) {
  if (value === undefined || value === null || value.length === 0) return;
  if (list.length < MEMORY_MAX) list.push(value);
  else list[random.below(list.length)] = value;
}

/** Whether the server serves on: a workflow starts and is found, and nothing was logged. */
async function probe(batch) {
  const workflowId = `probe-${batch}`;
  const start = await request("StartWorkflowExecution", {
    namespace: "default",
    workflowId,
    workflowType: { name: "Probe" },
    taskQueue: { name: "probe" },
  });
  check(
    "starts on",
    start.code === "OK",
    `The probe does not start: ${start.code} ${start.message}`,
  );
  const execution = { workflowId };
  const found = await request("DescribeWorkflowExecution", { namespace: "default", execution });
  check("finds on", found.code === "OK", `The probe is not found: ${found.code} ${found.message}`);
  checkLog();
}

function request(name, message) {
  const { path: place, resolvedRequestType: type } = methods.find((each) => each.name === name);
  return caller.call(place, Buffer.from(type.encode(type.fromObject(message)).finish()), CALL_MS);
}

function checkLog() {
  const log = server.output().slice(logStart);
  check("log", !/error|unhandled/i.test(log), `The server logged errors:\n${log.slice(0, 2000)}`);
}

/** Requests that are larger than a server takes. */
async function checkOversized() {
  for (const method of methods) {
    const answer = await caller.call(method.path, Buffer.alloc(OVERSIZED_BYTES), CALL_MS);
    const { code, message } = answer;
    check(
      `oversized ${method.name}`,
      code === "RESOURCE_EXHAUSTED",
      `${method.name}, oversized: ${code} ${message}`,
    );
  }
  await probe("oversized");
}

/** The server ends cleanly, with nothing left that keeps it. */
async function checkEnd() {
  checkLog();
  const { code, signal } = await endProcess(server.process, "SIGTERM");
  check("clean end", code === 0, `The server ended with ${code ?? signal}`);
}
