import {
  activityOf,
  isActivityTaskCurrent,
  isWorkflowTaskCurrent,
  optionsOf,
  type RunState,
  Step,
  startActivity,
  startWorkflowTask,
  type TaskOffer,
  taskMessages,
  taskQueueName,
  toTimestamp,
  transientEvents,
} from "@perdure/engine";
import { DomainError, present } from "@perdure/kernel";
import { TaskKind, type TaskRow } from "@perdure/persistence";
import { TaskQueueKind } from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import type { WorkflowQueryInit } from "@perdure/proto/temporal/api/query/v1";
import {
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  type PollWorkflowTaskQueueResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import type { Dispatch, PollerInfo, TakenPoller } from "./dispatch.js";
import type { CommitTicket } from "./group-committer.js";
import { encodeTaskPageToken } from "./history-page-token.js";
import { PAGE_EVENTS_MAX } from "./history-reader.js";
import type { HistorySlice } from "./history-slice.js";
import type { LoadedRun } from "./loaded-run.js";
import { startVersioning } from "./offer-queue.js";
import { readHistory } from "./read-history.js";
import { encodeTaskToken } from "./task-token.js";
import { isMisplaced, mayRunActivity, placeOf, queuedVersioning } from "./versioned-start.js";
import type { WorkflowHost } from "./workflow-host.js";

/** Most batches of events in a poll response; the worker asks for the rest. */
const TASK_HISTORY_BATCHES_MAX = 1000;

/** Number of the field `history` of `PollWorkflowTaskQueueResponse`. */
const POLL_HISTORY_FIELD = 8;

/** Gives a poller the task that was started for it within a step. */
export function deliverClaimed(
  host: WorkflowHost,
  run: LoadedRun,
  claimed: {
    readonly offer: TaskOffer;
    readonly poller: TakenPoller;
    readonly ticket: CommitTicket;
    readonly knowsRun: boolean;
  },
): void {
  const { offer, poller, ticket } = claimed;
  if (offer.kind === "activity") {
    const dispatch = { response: activityResponse(run.state, offer.scheduledEventId) };
    ticket.durable.then(
      () => poller.deliver(dispatch),
      () => poller.release(),
    );
    return;
  }
  // A workflow task has no side effects: it may be handed out while its commit is being written,
  // since its completion can only be stored after it.
  const response = workflowTaskResponse(host, run, claimed.knowsRun);
  if (!(response instanceof Promise)) {
    poller.deliver({ response });
    return;
  }
  response.then(
    (bytes) => poller.deliver({ response: bytes }),
    (error: unknown) => {
      host.deps.logger.log("error", "A workflow task's history could not be read", { error });
      poller.release();
    },
  );
}

/**
 * Starts a task that waited in a queue; `undefined` when it is stale. Its row goes in the same
 * commit.
 */
export async function startQueuedTask(
  host: WorkflowHost,
  task: TaskRow,
  poller: PollerInfo,
): Promise<Dispatch | undefined> {
  const slot = host.slot(task.key.namespaceId, task.key.businessId);
  const { queue, priority, taskId } = task;
  const removal = { kind: "removeTask", place: { queue, priority, taskId } } as const;
  let run: LoadedRun;
  try {
    run = await slot.run(task.runId);
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== "NOT_FOUND") throw error;
    host.deps.committer.add([removal], undefined);
    return undefined;
  }
  const isWorkflowTask = queue.taskKind === TaskKind.WORKFLOW;
  const versioning = queuedVersioning(host, run.state, { queue, poller });
  const start = { ...task, identity: poller.identity, requestId: host.newId(), versioning };
  const isCurrent = isWorkflowTask ? isWorkflowTaskCurrent : isActivityTaskCurrent;
  if (isCurrent(run.state, start) && isMisplaced(host, run.state, queue)) {
    host.moveTask(task, placeOf(host, run.state, queue));
    return undefined;
  }
  host.deps.committer.add([removal], slot);
  if (!isCurrent(run.state, start)) return undefined;
  if (!isWorkflowTask && !mayRunActivity(host, run, versioning)) return undefined;

  const step = new Step(run.state, host.environment(task.key.namespaceId, claimNothing));
  if (isWorkflowTask) startWorkflowTask(step, start);
  else startActivity(step, start);
  const { ticket } = host.apply(slot, run, step.finish());
  if (isWorkflowTask) {
    const knowsRun = queue.name === run.state.workflowTask?.stickyQueue;
    return { response: await workflowTaskResponse(host, run, knowsRun) };
  }
  const response = activityResponse(run.state, task.scheduledEventId);
  await ticket?.durable;
  return { response };
}

/** Starts the run's speculative task for a poller; `undefined` when it is not the one offered. */
export async function startSpeculativeTask(
  host: WorkflowHost,
  run: LoadedRun,
  started: {
    readonly offer: TaskOffer;
    readonly poller: PollerInfo;
    readonly knowsRun: boolean;
  },
): Promise<Dispatch | undefined> {
  const { namespaceId, workflowId, runId, workflowTask } = run.state;
  const { router } = host.deps;
  const versioning = startVersioning(namespaceId, started.offer, { ...started, router });
  const slot = host.slot(namespaceId, workflowId);
  const { identity } = started.poller;
  const { scheduledEventId, stamp } = started.offer;
  const start = { scheduledEventId, stamp, identity, requestId: host.newId(), versioning };
  if (slot.runs.get(runId) !== run || workflowTask?.isSpeculative !== true) return undefined;
  if (!isWorkflowTaskCurrent(run.state, start)) return undefined;
  const step = new Step(run.state, host.environment(namespaceId, claimNothing));
  startWorkflowTask(step, start);
  host.apply(slot, run, step.finish());
  return { response: await workflowTaskResponse(host, run, started.knowsRun) };
}

function claimNothing(): undefined {
  return undefined;
}

/**
 * What a worker receives for the workflow task that was started for it.
 *
 * @param knowsRun - Whether the worker has the run in its cache: then it gets the events since the
 * last task, and otherwise all of them.
 */
export function workflowTaskResponse(
  host: WorkflowHost,
  run: LoadedRun,
  knowsRun: boolean,
): Uint8Array | Promise<Uint8Array> {
  const { state } = run;
  const task = present(state.workflowTask, "A started workflow task is there");
  const queries = run.queries?.send() ?? new Map<string, WorkflowQueryInit>();
  const described = describeTask(state);
  const head: PollWorkflowTaskQueueResponseInit = {
    workflowExecution: described.workflowExecution,
    workflowType: described.workflowType,
    previousStartedEventId: described.previousStartedEventId,
    workflowExecutionTaskQueue: described.workflowExecutionTaskQueue,
    taskToken: encodeTaskToken({
      namespaceId: state.namespaceId,
      workflowId: state.workflowId,
      runId: state.runId,
      scheduledEventId: task.scheduledEventId,
      startedEventId: task.startedEventId,
      attempt: task.attempt,
      startedAtMs: task.startedAtMs,
    }),
    startedEventId: BigInt(task.startedEventId),
    attempt: task.attempt,
    scheduledTime: toTimestamp(task.scheduledAtMs),
    startedTime: toTimestamp(task.startedAtMs),
    queries,
    messages: taskMessages(state),
  };
  const suffix = task.isTransient ? encodeTransient(host, state) : NOTHING;
  const isPartial = knowsRun && state.previousStartedEventId > 0;
  const fromEventId = isPartial ? state.previousStartedEventId + 1 : 1;
  return withHistory(host, run, { head, fromEventId, suffix });
}

const NOTHING = new Uint8Array(0);

/** The events of the pending task that are not in the history yet. */
function encodeTransient(host: WorkflowHost, state: RunState): Uint8Array {
  const step = new Step(state, host.environment(state.namespaceId));
  return History.encode({ events: transientEvents(step) });
}

/** What every workflow task tells of its run. */
export function describeTask(state: RunState): PollWorkflowTaskQueueResponseInit {
  return {
    workflowExecution: { workflowId: state.workflowId, runId: state.runId },
    workflowType: state.started.workflowType,
    previousStartedEventId: BigInt(state.previousStartedEventId),
    workflowExecutionTaskQueue: { name: taskQueueName(state), kind: TaskQueueKind.NORMAL },
  };
}

/** Encodes a poll response with the first page of history from `fromEventId` on. */
export function withHistory(
  host: WorkflowHost,
  run: LoadedRun,
  page: {
    readonly head: PollWorkflowTaskQueueResponseInit;
    readonly fromEventId: number;
    readonly suffix: Uint8Array;
  },
): Uint8Array | Promise<Uint8Array> {
  const { runId, nextEventId } = run.state;
  const head = PollWorkflowTaskQueueResponse.encode(page.head);
  const encode = (slice: HistorySlice): Uint8Array => {
    const isWhole = slice.nextEventId >= nextEventId;
    if (isWhole) {
      const { events } = slice;
      const body = page.suffix.length > 0 ? Buffer.concat([events, page.suffix]) : events;
      return encodeWithRaw(head, POLL_HISTORY_FIELD, [body]);
    }
    const nextPageToken = encodeTaskPageToken({
      runId,
      nextEventId: slice.nextEventId,
      endEventId: nextEventId,
      transientEvents: page.suffix,
    });
    const token = PollWorkflowTaskQueueResponse.encode({ nextPageToken });
    return encodeWithRaw(Buffer.concat([head, token]), POLL_HISTORY_FIELD, [slice.events]);
  };
  const { fromEventId } = page;
  const range = {
    fromEventId,
    toEventId: nextEventId,
    maxEvents: PAGE_EVENTS_MAX,
    maxBatches: TASK_HISTORY_BATCHES_MAX,
  };
  const slice = readHistory(host.deps.store, run, range);
  return slice instanceof Promise ? slice.then(encode) : encode(slice);
}

/** What a worker receives for the activity attempt that was started for it. */
export function activityResponse(state: RunState, scheduledEventId: number): Uint8Array {
  const activity = activityOf(state, scheduledEventId);
  const { scheduled, progress, scheduledTimeMs } = activity;
  // The official server tells the timeouts of the scheduled event even if others hold by now.
  const { retryPolicy, priority } = optionsOf(activity);
  return PollActivityTaskQueueResponse.encode({
    taskToken: encodeTaskToken({
      namespaceId: state.namespaceId,
      workflowId: state.workflowId,
      runId: state.runId,
      scheduledEventId,
      attempt: progress.attempt,
      startedAtMs: progress.startedAtMs,
      activityId: scheduled.activityId,
      activityType: scheduled.activityType?.name,
    }),
    workflowType: state.started.workflowType,
    workflowExecution: { workflowId: state.workflowId, runId: state.runId },
    activityType: scheduled.activityType,
    activityId: scheduled.activityId,
    header: scheduled.header,
    input: scheduled.input,
    heartbeatDetails: progress.heartbeatDetails,
    scheduledTime: toTimestamp(scheduledTimeMs),
    currentAttemptScheduledTime: toTimestamp(progress.scheduledAtMs),
    startedTime: toTimestamp(progress.startedAtMs),
    attempt: progress.attempt,
    scheduleToCloseTimeout: scheduled.scheduleToCloseTimeout,
    startToCloseTimeout: scheduled.startToCloseTimeout,
    heartbeatTimeout: scheduled.heartbeatTimeout,
    retryPolicy,
    priority,
  });
}
