import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import {
  GetWorkflowExecutionHistoryResponse,
  PollWorkflowTaskQueueResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";

const text = new TextEncoder();
const runId = "0197c1f2-7b1e-7a44-9f0e-2f6a5c0d9e11";
const identity = "4711@worker-7c9d8b6f5-x2x4z";
const workflowType = { name: "processOrder" };
const taskQueue = { name: "orders", kind: 1 };

function pollResponse() {
  return {
    taskToken: new Uint8Array(96).fill(7),
    workflowExecution: { workflowId: "order-2026-000017", runId },
    workflowType,
    startedEventId: 3n,
    attempt: 1,
    history: { events: history(3) },
    workflowExecutionTaskQueue: taskQueue,
    scheduledTime: timeOf(2),
    startedTime: timeOf(3),
  };
}

function history(size) {
  return Array.from({ length: size }, (_, at) => event(at + 1));
}

function event(id) {
  const make = FIRST[id - 1] ?? STEP[id % STEP.length];
  const [eventType, kind, value] = make(id);
  return {
    eventId: BigInt(id),
    eventTime: timeOf(id),
    eventType,
    taskId: 1048576n + BigInt(id),
    attributes: { kind: `${kind}EventAttributes`, value },
  };
}

function timeOf(id) {
  return { seconds: 1_790_000_000n + BigInt(id), nanos: 123_456_000 + id };
}

function payloads(size) {
  const data = text.encode(JSON.stringify({ orderId: "A-17", note: "x".repeat(size) }));
  return { payloads: [{ metadata: new Map([["encoding", text.encode("json/plain")]]), data }] };
}

function started() {
  return [
    EventType.WORKFLOW_EXECUTION_STARTED,
    "workflowExecutionStarted",
    {
      workflowType,
      taskQueue,
      input: payloads(390),
      workflowTaskTimeout: { seconds: 10n },
      originalExecutionRunId: runId,
      firstExecutionRunId: runId,
      identity,
      attempt: 1,
      retryPolicy: { maximumAttempts: 3, backoffCoefficient: 2, initialInterval: { seconds: 1n } },
      header: {},
      workflowId: "order-2026-000017",
    },
  ];
}

function taskScheduled() {
  const value = { taskQueue, startToCloseTimeout: { seconds: 10n }, attempt: 1 };
  return [EventType.WORKFLOW_TASK_SCHEDULED, "workflowTaskScheduled", value];
}

function taskStarted(id) {
  const value = {
    scheduledEventId: BigInt(id - 1),
    identity,
    requestId: runId,
    historySizeBytes: 900n,
  };
  return [EventType.WORKFLOW_TASK_STARTED, "workflowTaskStarted", value];
}

function taskCompleted(id) {
  const value = {
    scheduledEventId: BigInt(id - 2),
    startedEventId: BigInt(id - 1),
    identity,
    sdkMetadata: { langUsedFlags: [1, 2] },
    meteringMetadata: {},
  };
  return [EventType.WORKFLOW_TASK_COMPLETED, "workflowTaskCompleted", value];
}

function activityScheduled(id) {
  const value = {
    activityId: String(id),
    activityType: { name: "chargeCard" },
    taskQueue,
    header: {},
    input: payloads(60),
    startToCloseTimeout: { seconds: 60n },
    scheduleToCloseTimeout: { seconds: 300n },
    workflowTaskCompletedEventId: BigInt(id - 1),
    retryPolicy: { initialInterval: { seconds: 1n }, backoffCoefficient: 2 },
  };
  return [EventType.ACTIVITY_TASK_SCHEDULED, "activityTaskScheduled", value];
}

function activityStarted(id) {
  const value = { scheduledEventId: BigInt(id - 1), identity, requestId: runId, attempt: 1 };
  return [EventType.ACTIVITY_TASK_STARTED, "activityTaskStarted", value];
}

function activityCompleted(id) {
  const ids = { scheduledEventId: BigInt(id - 2), startedEventId: BigInt(id - 1) };
  const value = { result: payloads(40), identity, ...ids };
  return [EventType.ACTIVITY_TASK_COMPLETED, "activityTaskCompleted", value];
}

const STEP = [
  taskScheduled,
  taskStarted,
  taskCompleted,
  activityScheduled,
  activityStarted,
  activityCompleted,
];

const FIRST = [started, taskScheduled, taskStarted];

/** What a worker gets for a first workflow task, and a history. */
export const samples = [
  {
    name: "1 KB PollWorkflowTaskQueueResponse",
    typeName: PollWorkflowTaskQueueResponse.typeName,
    bytes: PollWorkflowTaskQueueResponse.encode(pollResponse()),
  },
  {
    name: "GetWorkflowExecutionHistoryResponse of 500 events",
    typeName: GetWorkflowExecutionHistoryResponse.typeName,
    bytes: GetWorkflowExecutionHistoryResponse.encode({ history: { events: history(500) } }),
  },
];
