import { NotFoundError } from "@perdure/kernel";
import type { WorkflowTaskProgress } from "@perdure/proto/perdure/internal/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import {
  SuggestContinueAsNewReason,
  TaskQueueKind,
  TimeoutType,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import type { TaskQueueInit } from "@perdure/proto/temporal/api/taskqueue/v1";
import { toDuration, toTimestamp } from "../wire-time.js";
import { NO_WORKFLOW_TASK } from "./apply-event.js";
import { type EventAttributes, eventTypeOf } from "./event-types.js";

import {
  isPaused,
  priorityOfRun,
  type RunState,
  requireOpen,
  taskQueueName,
  type WorkflowTask,
} from "./run-state.js";
import { taskDirective } from "./run-versioning.js";
import { writeScheduled } from "./speculative-task.js";
import { type RunStep, Step, type StepEnvironment, type TaskOffer } from "./step.js";
import { noteProblem } from "./task-problems.js";
import { areUpdatesTooMany, sendUpdates } from "./updates.js";
import { followWorker } from "./version-transition.js";
import { isTargetChanged, type StartVersioning, targetNotice } from "./worker-version.js";
import { workflowTaskTimeoutMs } from "./workflow-task-timeout.js";

/** Priority of tasks without one. */
const PRIORITY_DEFAULT = 3;

/** The queue that the next workflow task goes to, as events name it. */
export function currentTaskQueue(run: RunState): TaskQueueInit {
  const normalName = taskQueueName(run);
  if (run.sticky === undefined) return { name: normalName, kind: TaskQueueKind.NORMAL };
  return { name: run.sticky.queue, kind: TaskQueueKind.STICKY, normalName };
}

function timeoutOf(step: Step, attempt: number): number {
  const intervalMsMax = step.environment.limits.workflowTaskRetryIntervalMsMax;
  return workflowTaskTimeoutMs(step.draft, attempt, intervalMsMax);
}

export interface ScheduleOptions {
  /**
   * The attempt if no event waits: above 1 the task is transient, its events come when it ends
   * well.
   */
  readonly attempt?: number;
  /** Time of the first task of a chain of heartbeats, milliseconds since the epoch. */
  readonly originalScheduledAtMs?: number;
  /** Whether pollers are told; not when the task is handed out in this very step. */
  readonly isOffered?: boolean;
}

/** Schedules a workflow task; there is none. Waiting events are written first. */
export function scheduleWorkflowTask(step: Step, options: ScheduleOptions = {}): void {
  if (isPaused(step.draft)) {
    step.flushBuffered();
    return;
  }
  let attempt = options.attempt ?? 1;
  if (!step.draft.buffered.isEmpty()) {
    attempt = 1;
    step.flushBuffered();
  }
  if (attempt === 1) recordScheduled(step, attempt);
  else step.setWorkflowTask(transientTask(step, attempt));
  const task = step.draft.workflowTask;
  if (task === undefined) return;
  const originalScheduledAtMs = options.originalScheduledAtMs;
  if (originalScheduledAtMs !== undefined) step.setWorkflowTask({ ...task, originalScheduledAtMs });
  if (options.isOffered !== false) offerWorkflowTask(step);
}

/** Puts the pending workflow task before pollers. */
export function offerWorkflowTask(step: Step): void {
  const task = step.draft.workflowTask;
  if (task !== undefined) step.offer(offerOf(step.draft, task));
}

/** What pollers are offered for a workflow task. */
export function offerOf(run: RunState, task: WorkflowTask): TaskOffer {
  const normalName = taskQueueName(run);
  const isSticky = task.stickyQueue !== "";
  return {
    kind: "workflow",
    queueName: isSticky ? task.stickyQueue : normalName,
    fallbackQueueName: isSticky ? normalName : undefined,
    scheduledEventId: task.scheduledEventId,
    stamp: task.attempt,
    priority: priorityOf(priorityOfRun(run)?.priorityKey),
    isSpeculative: task.isSpeculative,
    workflowId: run.workflowId,
    directive: taskDirective(run),
  };
}

/** Priority of a task, 1 to 5, from what a user gave (0: not given). */
export function priorityOf(priorityKey: number | undefined): number {
  return priorityKey === undefined || priorityKey === 0
    ? PRIORITY_DEFAULT
    : Math.min(priorityKey, 5);
}

/** Schedules a workflow task for news, unless one is pending or the run waits for its first. */
export function ensureWorkflowTask(step: Step): void {
  if (step.draft.workflowTask !== undefined) return;
  if (step.draft.firstTaskAtMs > 0 || isPaused(step.draft)) return;
  scheduleWorkflowTask(step);
}

/** Writes the scheduled event of a workflow task. Returns its ID. */
export function recordScheduled(step: Step, attempt: number, timeMs = step.nowMs): number {
  const value = {
    taskQueue: currentTaskQueue(step.draft),
    startToCloseTimeout: toDuration(timeoutOf(step, attempt)),
    attempt,
  };
  return step.record({ kind: "workflowTaskScheduledEventAttributes", value }, { timeMs });
}

/** A workflow task that is scheduled now and whose events are not in the history yet. */
export function transientTask(step: Step, attempt: number): WorkflowTaskProgress {
  return {
    ...NO_WORKFLOW_TASK,
    scheduledEventId: step.draft.nextEventId,
    attempt,
    scheduledAtMs: step.nowMs,
    originalScheduledAtMs: step.nowMs,
    isTransient: true,
    stickyQueue: step.draft.sticky?.queue ?? "",
  };
}

export interface TaskStart {
  readonly scheduledEventId: number;
  readonly stamp: number;
  readonly identity: string;
  readonly requestId: string;
  /** Absent: neither the worker nor the run has a version. */
  readonly versioning?: StartVersioning | undefined;
}

/** Whether the pending workflow task is the one that a queue hands out. */
export function isWorkflowTaskCurrent(run: RunState, start: TaskStart): boolean {
  const task = run.workflowTask;
  if (task === undefined || task.startedEventId !== 0) return false;
  return task.scheduledEventId === start.scheduledEventId && task.attempt === start.stamp;
}

/**
 * Gives the pending workflow task to a worker, with the updates that wait for the workflow.
 *
 * @param start - `isHeartbeat`: the worker has not answered the updates that it was sent before,
 * and gets only those that came since.
 */
export function startWorkflowTask(
  step: Step,
  start: Pick<TaskStart, "identity" | "requestId" | "versioning"> & {
    readonly isHeartbeat?: boolean;
  },
): void {
  const isSpeculative = step.draft.workflowTask?.isSpeculative === true;
  const notice = targetNotice(step.draft, start.versioning);
  if (notice !== undefined) step.setVersioning(notice, !isSpeculative);
  startTask(step, start);
  if (start.versioning !== undefined && !isSpeculative) followWorker(step, start.versioning);
  sendUpdates(step, start.isHeartbeat === true);
}

function startTask(step: Step, start: Pick<TaskStart, "identity" | "requestId">): void {
  let task = step.draft.workflowTask;
  if (task === undefined) return;
  const historySizeBytes = step.draft.historySizeBytes;
  // Events that came since make the task an ordinary one: its place in the history is taken.
  if (task.isTransient && task.scheduledEventId !== step.draft.nextEventId) {
    recordScheduled(step, 1);
    task = step.draft.workflowTask ?? task;
  }
  if (task.isTransient) {
    const started = {
      ...task,
      startedEventId: task.scheduledEventId + 1,
      startedAtMs: step.nowMs,
      requestId: start.requestId,
      identity: start.identity,
    };
    if (started.isSpeculative === true) step.setSpeculativeTask(started);
    else step.setWorkflowTask(started);
    return;
  }
  const { identity, requestId } = start;
  const started = { identity, requestId, historySizeBytes };
  step.record(startedAttributes(step, task.scheduledEventId, started));
}

function startedAttributes(
  step: Step,
  scheduledEventId: number,
  start: {
    readonly identity: string;
    readonly requestId: string;
    readonly historySizeBytes: number;
  },
): EventAttributes {
  const { limits } = step.environment;
  const reasons: SuggestContinueAsNewReason[] = [];
  if (start.historySizeBytes >= limits.historySizeSuggestedBytes) {
    reasons.push(SuggestContinueAsNewReason.HISTORY_SIZE_TOO_LARGE);
  }
  if (step.draft.nextEventId >= limits.historyCountSuggested) {
    reasons.push(SuggestContinueAsNewReason.TOO_MANY_HISTORY_EVENTS);
  }
  if (areUpdatesTooMany(step)) reasons.push(SuggestContinueAsNewReason.TOO_MANY_UPDATES);
  const value = {
    scheduledEventId: BigInt(scheduledEventId),
    identity: start.identity,
    requestId: start.requestId,
    historySizeBytes: BigInt(start.historySizeBytes),
    suggestContinueAsNew: reasons.length > 0,
    suggestContinueAsNewReasons: reasons,
    targetWorkerDeploymentVersionChanged: isTargetChanged(step.draft),
  };
  return { kind: "workflowTaskStartedEventAttributes", value };
}

/** What proves that a worker holds the current workflow task. */
export interface TaskProof {
  readonly scheduledEventId: number;
  readonly startedEventId: number;
  readonly attempt: number;
  readonly startedAtMs: number;
}

/**
 * The workflow task that the worker holds.
 *
 * @throws {NotFoundError} It is not the current one (any more), or the run has closed.
 */
export function heldWorkflowTask(run: RunState, proof: TaskProof): WorkflowTask {
  const task = run.workflowTask;
  const isHeld =
    task !== undefined &&
    task.startedEventId !== 0 &&
    task.scheduledEventId === proof.scheduledEventId &&
    task.startedEventId === proof.startedEventId &&
    task.attempt === proof.attempt &&
    task.startedAtMs === proof.startedAtMs;
  if (!isHeld) throw new NotFoundError("Workflow task not found.");
  return task;
}

/**
 * Writes the scheduled and started events of a task that has none and ends so that it needs them.
 * Returns their IDs.
 */
export function materializeTask(
  step: Step,
  task: WorkflowTask,
): { readonly scheduledEventId: number; readonly startedEventId: number } {
  if (!task.isTransient) return task;
  const scheduledEventId =
    task.isSpeculative === true
      ? writeScheduled(step)
      : recordScheduled(step, task.attempt, task.scheduledAtMs);
  return { scheduledEventId, startedEventId: recordTaskStarted(step, scheduledEventId, task) };
}

/** Writes the started event of a task that was started before. Returns its ID. */
export function recordTaskStarted(
  step: Step,
  scheduledEventId: number,
  task: WorkflowTask,
): number {
  const historySizeBytes = step.draft.historySizeBytes;
  const attributes = startedAttributes(step, scheduledEventId, { ...task, historySizeBytes });
  return step.record(attributes, { timeMs: task.startedAtMs });
}

/** Writes the started event of a task that nobody is given. Returns its ID. */
export function recordTaskStart(
  step: Step,
  scheduledEventId: number,
  start: { readonly identity: string; readonly requestId: string },
): number {
  const historySizeBytes = step.draft.historySizeBytes;
  return step.record(startedAttributes(step, scheduledEventId, { ...start, historySizeBytes }));
}

/** The task to be ended: one in memory only gets its events first. */
function endingTask(step: Step, startIdentity: string): WorkflowTask {
  const task: WorkflowTask = step.draft.workflowTask ?? NO_WORKFLOW_TASK;
  if (task.isSpeculative !== true) return task;
  const events = materializeTask(step, { ...task, identity: startIdentity });
  return { ...task, ...events, isTransient: false, isSpeculative: false };
}

/**
 * The events of the pending task that are not in the history, as a worker must see them all the
 * same: none for a task that has its events there.
 *
 * @param identity - Whom the started event names; its worker when absent.
 */
export function transientEvents(step: Step, identity?: string): readonly HistoryEventInit[] {
  const task = step.draft.workflowTask;
  if (task === undefined || !task.isTransient) return [];
  const scheduled: EventAttributes = {
    kind: "workflowTaskScheduledEventAttributes",
    value: {
      taskQueue: currentTaskQueue(step.draft),
      startToCloseTimeout: toDuration(timeoutOf(step, task.attempt)),
      attempt: task.attempt,
    },
  };
  const first = unwritten(scheduled, task.scheduledEventId, task.scheduledAtMs);
  if (task.startedEventId === 0) return [first];
  const started = startedAttributes(step, task.scheduledEventId, {
    ...task,
    identity: identity ?? task.identity,
    historySizeBytes: step.draft.historySizeBytes,
  });
  return [first, unwritten(started, task.startedEventId, task.startedAtMs)];
}

function unwritten(attributes: EventAttributes, eventId: number, timeMs: number): HistoryEventInit {
  return {
    eventId: BigInt(eventId),
    eventTime: toTimestamp(timeMs),
    eventType: eventTypeOf(attributes),
    attributes,
  };
}

export interface TaskFailure {
  readonly cause: WorkflowTaskFailedCause;
  readonly failure: FailureInit | undefined;
  readonly identity: string;
  readonly binaryChecksum?: string;
}

/**
 * Ends the running workflow task as failed and tells which attempt comes next. A failure on a
 * sticky queue does not count: the next attempt goes to the normal queue with the whole history.
 */
export function failWorkflowTask(step: Step, failed: TaskFailure): number {
  const task = endingTask(step, failed.identity);
  if (!task.isTransient) {
    const value = {
      scheduledEventId: BigInt(task.scheduledEventId),
      startedEventId: BigInt(task.startedEventId),
      cause: failed.cause,
      failure: failed.failure,
      identity: failed.identity,
      binaryChecksum: failed.binaryChecksum,
    };
    step.record({ kind: "workflowTaskFailedEventAttributes", value });
  }
  return afterFailedAttempt(step, task);
}

/**
 * Ends the running workflow task because its worker was silent too long. Returns the next attempt.
 */
export function timeOutWorkflowTask(step: Step): number {
  const task = endingTask(step, "");
  if (!task.isTransient) recordTimedOut(step, task, TimeoutType.START_TO_CLOSE);
  return afterFailedAttempt(step, task);
}

/** Takes the task off the queue where nobody came for it in time, to the normal one. */
export function leaveStickyQueue(step: Step): void {
  let task: WorkflowTask = step.draft.workflowTask ?? NO_WORKFLOW_TASK;
  if (task.isSpeculative === true) {
    task = { ...task, scheduledEventId: writeScheduled(step), isTransient: false };
  }
  if (!task.isTransient) recordTimedOut(step, task, TimeoutType.SCHEDULE_TO_START);
  step.setWorkflowTask(undefined);
  step.setSticky(undefined);
  scheduleWorkflowTask(step);
}

function recordTimedOut(step: Step, task: WorkflowTaskProgress, timeoutType: TimeoutType): void {
  const value = {
    scheduledEventId: BigInt(task.scheduledEventId),
    startedEventId: BigInt(task.startedEventId),
    timeoutType,
  };
  step.record({ kind: "workflowTaskTimedOutEventAttributes", value });
}

function afterFailedAttempt(step: Step, task: WorkflowTaskProgress): number {
  const isOnSticky = step.draft.sticky !== undefined;
  noteProblem(step, { isCounted: !isOnSticky });
  step.setWorkflowTask(undefined);
  step.setSticky(undefined);
  return isOnSticky ? 1 : task.attempt + 1;
}

/** Ends a running workflow task of a run that is being closed by force, and writes what waited. */
export function abandonWorkflowTask(step: Step): void {
  const task = step.draft.workflowTask;
  if (task === undefined) return;
  if (task.isSpeculative === true && task.startedEventId === 0) step.setSpeculativeTask(undefined);
  if (task.startedEventId !== 0) {
    failWorkflowTask(step, {
      cause: WorkflowTaskFailedCause.FORCE_CLOSE_COMMAND,
      failure: undefined,
      identity: "history-service",
    });
  }
  step.flushBuffered();
}

/**
 * Forgets the sticky worker: the next workflow task goes to the normal queue with all of history.
 *
 * @throws {NotFoundError} The run has closed.
 */
export function resetSticky(run: RunState, environment: StepEnvironment): RunStep {
  requireOpen(run);
  const step = new Step(run, environment);
  step.setSticky(undefined);
  return step.finish();
}

/** A payload list of one JSON string. */
export function textPayloads(text: string): PayloadsInit {
  const metadata = new Map([["encoding", Buffer.from("json/plain")]]);
  return { payloads: [{ metadata, data: Buffer.from(JSON.stringify(text)) }] };
}
