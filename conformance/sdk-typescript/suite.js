/** What all areas of this suite share: a server, clients, one bundle of workflows, one worker. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client, Connection, WorkflowFailedError } from "@temporalio/client";
import {
  bundleWorkflowCode,
  DefaultLogger,
  NativeConnection,
  Runtime,
  Worker,
} from "@temporalio/worker";
import { targetServer } from "../started-server/started-server.mjs";
import * as activities from "./activities.js";

/** Custom search attributes that the suite registers; `1` and so on are values of the enum. */
const SEARCH_ATTRIBUTES = { SuiteKeyword: 2, SuiteInt: 3 };
const TRUE_MS_MAX = 14_000;

export const taskQueue = `typescript-${randomUUID()}`;
/** @type {import("@temporalio/client").Client} */
export let client;
/** A client on the worker's own connection, which eager starts need. */
export let workerClient;
export let connection;
let nativeConnection;
let server;
let workflowBundle;
let worker;

export async function startSuite() {
  Runtime.install({ logger: new DefaultLogger("ERROR"), telemetryOptions: quiet() });
  server = await targetServer();
  connection = await Connection.connect({ address: server.address });
  nativeConnection = await NativeConnection.connect({ address: server.address });
  client = new Client({ connection });
  workerClient = new Client({ connection: nativeConnection });
  workflowBundle = await bundle("./workflows.js");
  worker = await startWorker({ taskQueue, maxConcurrentActivityTaskExecutions: 200 });
  await registerSearchAttributes();
}

export async function stopSuite() {
  await worker?.stop();
  await connection?.close();
  await nativeConnection?.close();
  await server?.stop();
}

function quiet() {
  return { logging: { filter: "OFF", forward: {} } };
}

/** Bundles the workflows of a file, given relative to this one. */
export function bundle(file) {
  const workflowsPath = fileURLToPath(new URL(file, import.meta.url));
  return bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger("ERROR") });
}

/** Starts a worker of all workflows and activities; `options` may replace any of it. */
export async function startWorker(options) {
  const started = await Worker.create({
    connection: nativeConnection,
    workflowBundle,
    activities,
    shutdownGraceTime: "10s",
    ...options,
  });
  const running = started.run();
  const stop = async () => {
    if (started.getState() === "RUNNING") started.shutdown();
    await running;
  };
  return { stop };
}

/** Registers the suite's search attributes and waits until starts may use them. */
async function registerSearchAttributes() {
  const searchAttributes = SEARCH_ATTRIBUTES;
  try {
    await connection.operatorService.addSearchAttributes({
      namespace: "default",
      searchAttributes,
    });
  } catch (error) {
    if (!/already exists/.test(error.message)) throw error;
  }
  await until(async () => {
    const query = "SuiteKeyword = 'any' AND SuiteInt = 1";
    return client.workflow.count(query).then(
      () => true,
      () => false,
    );
  });
}

/** Asks again until something is true; lists of other servers may lag behind. */
export async function until(isTrue) {
  const untilMs = Date.now() + TRUE_MS_MAX;
  while (!(await isTrue())) {
    assert.ok(Date.now() < untilMs, `Still not true: ${isTrue}`);
    await setImmediate();
  }
}

export function newId(name) {
  return `${name}-${randomUUID()}`;
}

export function start(type, ...args) {
  return startWith(type, { args });
}

/** Starts a workflow on the suite's worker with further options. */
export function startWith(type, options) {
  return client.workflow.start(type, { taskQueue, workflowId: newId(type), ...options });
}

/** The same workflow, without following the run to its successors. */
export function runOf(handle, runId = handle.firstExecutionRunId) {
  return client.workflow.getHandle(handle.workflowId, runId, { followRuns: false });
}

/** Attributes of all events of one kind: `attributesOf(handle, "timerFired")`. */
export async function attributesOf(handle, kind) {
  const { events } = await handle.fetchHistory();
  return events.map((event) => event[`${kind}EventAttributes`]).filter(Boolean);
}

/** Names of the events of a history. */
export async function eventsOf(handle) {
  const { events } = await handle.fetchHistory();
  return events.map((event) => Object.keys(event).find((key) => key.endsWith("EventAttributes")));
}

/** The cause for which a workflow failed. */
export async function failureOf(handle) {
  try {
    await handle.result();
  } catch (error) {
    assert.ok(error instanceof WorkflowFailedError, String(error));
    return error.cause;
  }
  return assert.fail("The workflow did not fail");
}
