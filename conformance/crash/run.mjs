/**
 * `node conformance/crash/run.mjs [--kills N] [--seed S]`: loads our server with starts, signals,
 * updates and completions of workflows with activities, timers and children, kills it with
 * SIGKILL at random moments, restarts it on the same file, and at the end finds every acknowledged
 * request in the histories, each once, and every workflow closed.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { endProcess, freePort, spawnServer } from "../started-server/started-server.mjs";
import { RawClient } from "./raw-client.mjs";
import { RawWorker } from "./raw-worker.mjs";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "5" },
    seed: { type: "string", default: String(process.pid) },
  },
});
const KILLS = Number(values.kills);
const SIGNALS = 2;
const UPDATES = 2;
const CLIENTS = 64;
/** Longest life of the server between two kills, milliseconds. */
const LIFE_MS_MAX = 1500;
const END_MS_MAX = 60_000;

const random = mulberry32(Number(values.seed));
const folder = mkdtempSync(path.join(os.tmpdir(), "perdure-crash-"));
const databasePath = path.join(folder, "crash.db");
const port = await freePort();
const queue = "crash";
/** What was acknowledged, by workflow ID. */
const acknowledged = new Map();
let isLoading = true;

let server = await spawnServer({ databasePath, port });
const client = new RawClient(server.address);
const worker = new RawWorker(client, queue, { signals: SIGNALS, updates: UPDATES });
worker.start();
const loads = Array.from({ length: CLIENTS }, (_, number) => load(number));

for (let kill = 0; kill < KILLS; kill++) {
  await sleep(200 + random() * LIFE_MS_MAX);
  await endProcess(server.process, "SIGKILL");
  server = await spawnServer({ databasePath, port });
}
isLoading = false;
await Promise.all(loads);
const problems = await check();
worker.stop();
const end = await endProcess(server.process, "SIGTERM");
if (end.code !== 0) problems.push(`SIGTERM ended the server with ${end.code ?? end.signal}`);
client.close();
rmSync(folder, { recursive: true, force: true });
report();

/** Starts workflows one after another and signals each as often as it waits for. */
async function load(number) {
  for (let count = 0; isLoading; count++) {
    const workflowId = `crash-${number}-${count}`;
    const facts = { signals: [], updates: [], runId: undefined };
    const request = {
      workflowId,
      requestId: `start ${workflowId}`,
      workflowType: { name: "crash" },
      taskQueue: { name: queue },
    };
    facts.runId = (await client.untilAnswered("StartWorkflowExecution", request)).runId;
    acknowledged.set(workflowId, facts);
    for (let signal = 0; signal < SIGNALS; signal++) {
      const requestId = `signal ${workflowId} ${signal}`;
      const execution = { workflowExecution: { workflowId }, signalName: "go", requestId };
      const answer = await client.untilAnswered("SignalWorkflowExecution", execution, [
        "NOT_FOUND",
      ]);
      if (answer !== undefined) facts.signals.push(requestId);
    }
    for (let update = 0; update < UPDATES; update++) {
      facts.updates.push(await completedUpdate(workflowId, `update ${update}`));
    }
  }
}

/** Sends an update until its outcome is acknowledged; returns its ID. */
async function completedUpdate(workflowId, updateId) {
  const request = {
    workflowExecution: { workflowId },
    waitPolicy: { lifecycleStage: "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED" },
    request: { meta: { updateId }, input: { name: "change" } },
  };
  for (;;) {
    const { outcome } = await client.untilAnswered("UpdateWorkflowExecution", request);
    if (outcome?.success !== undefined) return updateId;
    if (outcome !== undefined) throw new Error(`${workflowId}: "${updateId}" failed`);
  }
}

async function check() {
  const found = [];
  const untilMs = Date.now() + END_MS_MAX;
  for (const [workflowId, facts] of acknowledged) {
    const history = await closedHistory(workflowId, facts.runId, untilMs);
    if (history === undefined) found.push(`${workflowId} does not end`);
    else found.push(...problemsOf(workflowId, facts, history));
  }
  return found;
}

async function closedHistory(workflowId, runId, untilMs) {
  for (;;) {
    const execution = { workflowId, runId };
    const answer = await client.untilAnswered("GetWorkflowExecutionHistory", { execution });
    const events = answer.history.events;
    if (events.at(-1).eventType === "EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED") return events;
    if (Date.now() > untilMs) return undefined;
    await sleep(100);
  }
}

function problemsOf(workflowId, facts, events) {
  const found = [];
  events.forEach((event, index) => {
    if (Number(event.eventId) !== index + 1)
      found.push(`${workflowId}: event ${index + 1} is missing`);
  });
  const signals = events.flatMap(
    (event) => event.workflowExecutionSignaledEventAttributes?.requestId ?? [],
  );
  if (new Set(signals).size !== signals.length)
    found.push(`${workflowId}: a signal was applied twice`);
  for (const signal of facts.signals) {
    if (!signals.includes(signal)) found.push(`${workflowId}: acknowledged "${signal}" is lost`);
  }
  const updates = events.flatMap(
    (event) => event.workflowExecutionUpdateCompletedEventAttributes?.meta.updateId ?? [],
  );
  if (new Set(updates).size !== updates.length)
    found.push(`${workflowId}: an update was applied twice`);
  for (const update of facts.updates) {
    if (!updates.includes(update)) found.push(`${workflowId}: acknowledged "${update}" is lost`);
  }
  for (const attribute of [
    "activityTaskCompletedEventAttributes",
    "timerFiredEventAttributes",
    "childWorkflowExecutionStartedEventAttributes",
    "childWorkflowExecutionCompletedEventAttributes",
    "workflowExecutionCompletedEventAttributes",
  ]) {
    const count = events.filter((event) => event[attribute]).length;
    if (count !== 1) found.push(`${workflowId}: ${count} events of ${attribute}`);
  }
  const isActivityDone = events.some((event) => event.activityTaskCompletedEventAttributes);
  if (worker.acknowledgedActivities.has(facts.runId) && !isActivityDone)
    found.push(`${workflowId}: an acknowledged activity completion is lost`);
  return found;
}

function report() {
  for (const problem of problems.slice(0, 20)) console.log(problem);
  const signals = [...acknowledged.values()].reduce((sum, facts) => sum + facts.signals.length, 0);
  const activities = worker.acknowledgedActivities.size;
  const updates = [...acknowledged.values()].reduce((sum, facts) => sum + facts.updates.length, 0);
  const total = acknowledged.size + signals + updates + activities;
  const requests = `${acknowledged.size} starts, ${signals} signals, ${updates} updates`;
  const facts = `${requests}, ${activities} activity completions`;
  console.log(`${Math.round(total / KILLS)} acknowledged requests per kill`);
  console.log(
    `${KILLS} kills, seed ${values.seed}: ${facts} acknowledged, ${problems.length} problems`,
  );
  // Each kill is a test, and so is the end.
  const failed = problems.length;
  const summary = { passed: failed > 0 ? 0 : KILLS + 1, failed };
  if (process.env.PERDURE_TEST_SUMMARY) {
    writeFileSync(process.env.PERDURE_TEST_SUMMARY, JSON.stringify(summary));
  }
  const isEmpty = [acknowledged.size, signals, updates, activities].includes(0);
  if (isEmpty) console.log("Nothing was acknowledged: the test proves nothing");
  process.exit(failed > 0 || isEmpty ? 1 : 0);
}

function sleep(durationMs) {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function mulberry32(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
