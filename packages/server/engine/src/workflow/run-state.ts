import { invariant, NotFoundError } from "@perdure/kernel";
import type {
  ActivityProgress,
  ResetPoint,
  StickyWorker,
  TimerProgress,
  UpdateProgress,
  WorkflowTaskProgress,
} from "@perdure/proto/perdure/internal/v1";
import type {
  LinkInit,
  MemoInit,
  PriorityInit,
  SearchAttributesInit,
  WorkerVersionStampInit,
} from "@perdure/proto/temporal/api/common/v1";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type {
  ActivityTaskScheduledEventAttributesInit,
  HistoryEventInit,
  WorkflowExecutionStartedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import type { RequestInit } from "@perdure/proto/temporal/api/update/v1";
import type { VersioningOverrideInit } from "@perdure/proto/temporal/api/workflow/v1";
import { List, OrderedMap, Map as PersistentMap, Set as PersistentSet } from "immutable";
import { durationMs, timestampMs } from "../wire-time.js";
import { NO_PEERS, type Peers } from "./peers.js";
import { NOTHING_UNCOMMON, type Uncommon } from "./uncommon.js";

/** A pending activity. */
export interface Activity {
  readonly scheduledEventId: number;
  readonly scheduled: ActivityTaskScheduledEventAttributesInit;
  /** Time of the scheduled event, milliseconds since the epoch. */
  readonly scheduledTimeMs: number;
  readonly progress: ActivityProgress;
}

/** The pending workflow task. */
export interface WorkflowTask extends WorkflowTaskProgress {
  /**
   * Whether the task is in memory only: it exists to carry updates, and leaves no trace when the
   * workflow rejects them. Anything that is stored while it is pending makes it an ordinary task.
   */
  readonly isSpeculative?: boolean;
}

/** An update that the workflow has not answered yet. It is in memory only, unless by an event. */
export interface AdmittedUpdate {
  readonly request: RequestInit;
  /** Encoded `temporal.api.update.v1.Request`. */
  readonly requestBytes: Uint8Array;
  /** Started event of the workflow task that carried it last; 0 while none has. */
  readonly sentEventId: number;
  /**
   * Whether an event of the history admitted it, as a reset does: the worker finds it there, and it
   * waits until the workflow answers.
   */
  readonly isByEvent?: boolean;
}

/**
 * The state of one workflow run: folded from its log, never written as a whole. Values are
 * immutable; a step makes a new state and leaves the old one as it was. Event IDs are numbers
 * here (a history is far below 2^53 events) and 64-bit integers on the wire.
 */
export interface RunState {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  /** Attributes of event 1. */
  readonly started: WorkflowExecutionStartedEventAttributesInit;
  /** Summary and details for people, from event 1. */
  readonly userMetadata: UserMetadataInit | undefined;
  /** Links of event 1. */
  readonly startLinks: readonly LinkInit[];
  /** When the run began; for one that a reset made, when that was. */
  readonly startTimeMs: number;
  readonly status: WorkflowExecutionStatus;
  /** 0 while the run is open. */
  readonly closeTimeMs: number;
  readonly nextEventId: number;
  readonly historySizeBytes: number;
  readonly transitionCount: number;
  /** When the first workflow task comes, for a start with delay or back-off; 0 once it came. */
  readonly firstTaskAtMs: number;
  readonly workflowTask: WorkflowTask | undefined;
  readonly sticky: StickyWorker | undefined;
  /** Started event of the last completed workflow task; 0 before the first. */
  readonly previousStartedEventId: number;
  /** Completed event of the last completed workflow task; 0 before the first. */
  readonly lastCompletedEventId: number;
  readonly isCancelRequested: boolean;
  readonly cancelRequestId: string;
  /** By the ID of the scheduled event. */
  readonly activities: PersistentMap<number, Activity>;
  /** Scheduled event by activity ID. */
  readonly activityIds: PersistentMap<string, number>;
  /** By timer ID. */
  readonly timers: PersistentMap<string, TimerProgress>;
  /** Events that came while a workflow task was running; they have no IDs yet. */
  readonly buffered: List<HistoryEventInit>;
  readonly signalRequestIds: PersistentSet<string>;
  readonly signals: SignalTally;
  /** Request IDs attached to the run, with the event that each stands for. */
  readonly requestIds: PersistentMap<string, number>;
  readonly memo: MemoInit | undefined;
  readonly searchAttributes: SearchAttributesInit | undefined;
  readonly workerVersion: WorkerVersionStampInit | undefined;
  readonly newExecutionRunId: string;
  readonly resetPoints: List<ResetPoint>;
  /** Accepted and completed updates, by update ID. */
  readonly updates: PersistentMap<string, UpdateProgress>;
  readonly completedUpdateCount: number;
  /** By update ID, in the order in which they came; stored only if an event admitted them. */
  readonly admittedUpdates: OrderedMap<string, AdmittedUpdate>;
  readonly peers: Peers;
  readonly uncommon: Uncommon;
}

/** The signals in a run's history. */
export interface SignalTally {
  readonly count: number;
  /** Request ID and event of the first signal that had a request ID; "" and 0 before that. */
  readonly firstRequestId: string;
  readonly firstEventId: number;
}

const NO_SIGNALS: SignalTally = { count: 0, firstRequestId: "", firstEventId: 0 };

/** A state that a step is making. */
export type RunDraft = { -readonly [Field in keyof RunState]: RunState[Field] };

/** Names a run before it has events. */
export interface RunIdentity {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
}

/** The state before the started event. */
export function emptyRun(identity: RunIdentity): RunState {
  return {
    namespaceId: identity.namespaceId,
    workflowId: identity.workflowId,
    runId: identity.runId,
    started: {},
    userMetadata: undefined,
    startLinks: [],
    startTimeMs: 0,
    status: WorkflowExecutionStatus.RUNNING,
    closeTimeMs: 0,
    nextEventId: 1,
    historySizeBytes: 0,
    transitionCount: 0,
    firstTaskAtMs: 0,
    workflowTask: undefined,
    sticky: undefined,
    previousStartedEventId: 0,
    lastCompletedEventId: 0,
    isCancelRequested: false,
    cancelRequestId: "",
    activities: PersistentMap(),
    activityIds: PersistentMap(),
    timers: PersistentMap(),
    buffered: List(),
    signalRequestIds: PersistentSet(),
    signals: NO_SIGNALS,
    requestIds: PersistentMap(),
    memo: undefined,
    searchAttributes: undefined,
    workerVersion: undefined,
    newExecutionRunId: "",
    resetPoints: List(),
    updates: PersistentMap(),
    completedUpdateCount: 0,
    admittedUpdates: OrderedMap(),
    peers: NO_PEERS,
    uncommon: NOTHING_UNCOMMON,
  };
}

/**
 * A copy to be changed. It names every field, in the order of `emptyRun()`, so that all states have
 * one shape: V8 gives the result of each spread a shape of its own, and goes slow after the fourth.
 */
export function draftOf(run: RunState): RunDraft {
  return {
    namespaceId: run.namespaceId,
    workflowId: run.workflowId,
    runId: run.runId,
    started: run.started,
    userMetadata: run.userMetadata,
    startLinks: run.startLinks,
    startTimeMs: run.startTimeMs,
    status: run.status,
    closeTimeMs: run.closeTimeMs,
    nextEventId: run.nextEventId,
    historySizeBytes: run.historySizeBytes,
    transitionCount: run.transitionCount,
    firstTaskAtMs: run.firstTaskAtMs,
    workflowTask: run.workflowTask,
    sticky: run.sticky,
    previousStartedEventId: run.previousStartedEventId,
    lastCompletedEventId: run.lastCompletedEventId,
    isCancelRequested: run.isCancelRequested,
    cancelRequestId: run.cancelRequestId,
    activities: run.activities,
    activityIds: run.activityIds,
    timers: run.timers,
    buffered: run.buffered,
    signalRequestIds: run.signalRequestIds,
    signals: run.signals,
    requestIds: run.requestIds,
    memo: run.memo,
    searchAttributes: run.searchAttributes,
    workerVersion: run.workerVersion,
    newExecutionRunId: run.newExecutionRunId,
    resetPoints: run.resetPoints,
    updates: run.updates,
    completedUpdateCount: run.completedUpdateCount,
    admittedUpdates: run.admittedUpdates,
    peers: run.peers,
    uncommon: run.uncommon,
  };
}

/** Whether the run has not closed. */
export function isOpen(run: RunState): boolean {
  return run.status === WorkflowExecutionStatus.RUNNING || isPaused(run);
}

/** Whether the run is open and gets no workflow tasks. */
export function isPaused(run: RunState): boolean {
  return run.status === WorkflowExecutionStatus.PAUSED;
}

/** The run's priority as it is now. */
export function priorityOfRun(run: RunState): PriorityInit | undefined {
  return (run.uncommon.options ?? run.started).priority;
}

/** The run's versioning override as it is now. */
export function versioningOverrideOf(run: RunState): VersioningOverrideInit | undefined {
  return (run.uncommon.options ?? run.started).versioningOverride;
}

/**
 * Checks that the run has not closed.
 *
 * @throws {NotFoundError}
 */
export function requireOpen(run: RunState): void {
  if (!isOpen(run)) throw new NotFoundError("workflow execution already completed");
}

/** Whether a worker holds the current workflow task. */
export function hasStartedTask(run: RunState): boolean {
  return run.workflowTask !== undefined && run.workflowTask.startedEventId !== 0;
}

/** Name of the run's normal task queue. */
export function taskQueueName(run: RunState): string {
  return run.started.taskQueue?.name ?? "";
}

/** When the run times out, milliseconds since the epoch; 0 when it never does. */
export function runTimeoutAtMs(run: RunState): number {
  const runTimeoutMs = durationMs(run.started.workflowRunTimeout);
  if (runTimeoutMs === 0) return executionTimeoutAtMs(run);
  // The time of a reset run begins anew, and it has had its first workflow task.
  const backoffMs =
    run.uncommon.resetOrigin === undefined ? durationMs(run.started.firstWorkflowTaskBackoff) : 0;
  const runEndMs = run.startTimeMs + backoffMs + runTimeoutMs;
  const executionEndMs = executionTimeoutAtMs(run);
  return executionEndMs === 0 ? runEndMs : Math.min(runEndMs, executionEndMs);
}

/** When the whole chain of runs times out, milliseconds since the epoch; 0 when it never does. */
export function executionTimeoutAtMs(run: RunState): number {
  if (run.uncommon.resetOrigin === undefined) {
    return timestampMs(run.started.workflowExecutionExpirationTime);
  }
  const executionMs = durationMs(run.started.workflowExecutionTimeout);
  return executionMs === 0 ? 0 : run.startTimeMs + executionMs;
}

/** The pending activity that `scheduledEventId` scheduled, which is there. */
export function activityOf(run: RunState, scheduledEventId: number): Activity {
  const activity = run.activities.get(scheduledEventId);
  invariant(activity !== undefined, `No pending activity ${scheduledEventId}`);
  return activity;
}
