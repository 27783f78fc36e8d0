import { command, payload } from "../commands.js";
import { type Scenario, ScenarioStoppedError, type WorkflowRef } from "../scenario.js";
import { startOnQueue } from "../scripts.js";
import {
  isObject,
  type Plain,
  type PlainObject,
  pick,
  pickBytes,
  pickText,
} from "../wire/plain.js";

/** An endpoint whose handler polls a queue. */
export interface TestEndpoint {
  readonly name: string;
  readonly id: string;
  readonly queue: string;
}

/** Makes an endpoint with a worker target. */
export async function createEndpoint(s: Scenario): Promise<TestEndpoint> {
  const name = s.name("endpoint");
  const queue = s.name("handler-queue");
  const target = { worker: { namespace: "default", taskQueue: queue } };
  const created = await s.call("CreateNexusEndpoint", { spec: { name, target } });
  return { name, id: pickText(created, "endpoint.id"), queue };
}

/** A command to start the operation `op` of the service `svc`. */
export function schedule(endpoint: string, fields: PlainObject = {}): PlainObject {
  const attributes = { endpoint, service: "svc", operation: "op", input: payload("in"), ...fields };
  return command("SCHEDULE_NEXUS_OPERATION", attributes);
}

/** A command to cancel the operation. */
export function requestCancel(scheduledEventId: number): PlainObject {
  return command("REQUEST_CANCEL_NEXUS_OPERATION", { scheduledEventId });
}

/** A workflow that has scheduled an operation. */
export interface CallingRun {
  readonly queue: string;
  readonly run: WorkflowRef;
  readonly endpoint: TestEndpoint;
}

/** Starts a workflow that calls an operation at once; the operation's event has the ID 5. */
export async function startCaller(s: Scenario, fields: PlainObject = {}): Promise<CallingRun> {
  const endpoint = await createEndpoint(s);
  const { queue, run } = await startOnQueue(s);
  await s.runWorkflowTask(queue, [schedule(endpoint.name, fields)]);
  return { queue, run, endpoint };
}

/** ID of the event of the operation that `startCaller` schedules. */
export const SCHEDULED_ID = 5;

/** A Nexus task that a worker holds. */
export interface PolledNexusTask {
  readonly taskToken: Uint8Array;
  readonly request: PlainObject;
}

/** Polls until a Nexus task comes; the transcript shows what it says, its times left out. */
export async function pollNexusTask(s: Scenario, queue: string): Promise<PolledNexusTask> {
  const poll = { taskQueue: { name: queue } };
  const response = await s.call("PollNexusTaskQueue", poll, { summary: shownTask });
  const taskToken = pickBytes(response, "taskToken");
  if (taskToken.length === 0) throw new ScenarioStoppedError("No Nexus task came");
  const request = pick(response, "request");
  return { taskToken, request: isObject(request) ? request : {} };
}

/** Headers that tell of the moment or of the way that a request took inside the server. */
const CHANCE_HEADERS = new Set(["request-timeout", "operation-timeout"]);

function shownTask(response: PlainObject): readonly string[] {
  const request = pick(response, "request");
  if (!isObject(request)) return ["no task"];
  const { header, ...rest } = request;
  const headers = Object.entries(isObject(header) ? header : {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => {
      const isChance = CHANCE_HEADERS.has(name.toLowerCase());
      return `header ${name}: ${isChance ? shapeOf(String(value)) : String(value)}`;
    });
  return [...headers, ...shownFields(rest, "")];
}

/** `123ms` and `9.9s` become `<N>ms` and `<N>s`. */
function shapeOf(value: string): string {
  return value.replace(/[0-9.]+/g, "<N>");
}

function shownFields(value: Plain | undefined, path: string): readonly string[] {
  if (value instanceof Uint8Array) return [`${path}: ${Buffer.from(value).toString()}`];
  if (path.endsWith("scheduledTime")) return [`${path}: <time>`];
  if (path.endsWith("temporal-callback-token")) return [`${path}: <token>`];
  if (Array.isArray(value)) {
    return (value as readonly Plain[]).flatMap((item, index) =>
      shownFields(item, `${path}.${index}`),
    );
  }
  if (!isObject(value)) return [`${path}: ${String(value)}`];
  return Object.entries(value).flatMap(([key, item]) =>
    shownFields(item, path === "" ? key : `${path}.${key}`),
  );
}

/** Answers a Nexus task. */
export async function respond(
  s: Scenario,
  { taskToken }: PolledNexusTask,
  startOperation: PlainObject,
): Promise<void> {
  await s.call("RespondNexusTaskCompleted", { taskToken, response: { startOperation } });
}

/** Fails a Nexus task with an error of the handler. */
export async function failTask(
  s: Scenario,
  { taskToken }: PolledNexusTask,
  failed: { readonly type: string } & PlainObject,
): Promise<void> {
  const { type, ...fields } = failed;
  const message = `handler says ${type}`;
  const failure = { message, nexusHandlerFailureInfo: { type }, ...fields };
  await s.call("RespondNexusTaskFailed", { taskToken, failure });
}

/** Starts a workflow that completes the operation of a task when it ends; returns it. */
export async function startHandlerWorkflow(
  s: Scenario,
  { request }: PolledNexusTask,
  fields: PlainObject = {},
): Promise<{ readonly queue: string; readonly run: WorkflowRef }> {
  const url = pickText(request, "startOperation.callback");
  const header = pick(request, "startOperation.callbackHeader") ?? {};
  const callback = { nexus: { url, header } };
  const hidden = { summary: () => ["started"] };
  const queue = s.name("queue");
  const start = s.startRequest({
    taskQueue: { name: queue },
    completionCallbacks: [callback],
    ...fields,
  });
  const started = await s.call("StartWorkflowExecution", start, hidden);
  const run = { workflowId: pickText(start, "workflowId"), runId: pickText(started, "runId") };
  return { queue, run };
}

/** Waits until the history has an event of a type, and shows it. */
export async function historyWith(s: Scenario, run: WorkflowRef, type: string): Promise<void> {
  await s.callUntil("GetWorkflowExecutionHistory", { execution: { ...run } }, (response) => {
    const events = pick(response, "history.events");
    return (
      Array.isArray(events) &&
      (events as readonly Plain[]).some(
        (event) => pickText(event, "eventType") === `EVENT_TYPE_${type}`,
      )
    );
  });
}

/** Waits until the workflow's only pending operation is as wanted, and shows the description. */
export async function describeUntil(
  s: Scenario,
  run: WorkflowRef,
  isDone: (operation: Plain | undefined) => boolean,
): Promise<void> {
  await s.callUntil("DescribeWorkflowExecution", { execution: { ...run } }, (response) =>
    isDone(pick(response, "pendingNexusOperations.0")),
  );
}
