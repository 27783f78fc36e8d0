/** What kind of entity a row belongs to. Stored as a number: values never change. */
export const EntityKind = {
  WORKFLOW: 1,
  SCHEDULE: 2,
  ACTIVITY: 3,
  BATCH_OPERATION: 4,
  NEXUS_OPERATION: 5,
  WORKER_DEPLOYMENT: 6,
  NEXUS_ENDPOINT: 7,
} as const;
export type EntityKind = (typeof EntityKind)[keyof typeof EntityKind];

/** Names one entity: a workflow ID in a namespace, for example. */
export interface EntityKey {
  readonly kind: EntityKind;
  readonly namespaceId: string;
  /** The ID that users give: a workflow ID, a schedule ID. */
  readonly businessId: string;
}

/** A folded state, kept to bound load time. */
export interface Snapshot {
  /** Sequence number of the last log entry that is folded into `data`. */
  readonly seq: number;
  /** Encoded by the engine; opaque to stores. */
  readonly data: Uint8Array;
}

/** One run of an entity. */
export interface RunRow {
  /**
   * The store's number of the run: unique, handed out in rising order by the process that owns the
   * key.
   */
  readonly runNo: number;
  readonly key: EntityKey;
  /** A UUID. */
  readonly runId: string;
  /** Whether the entity's business ID stands for this run. At most one run of a key is current. */
  readonly isCurrent: boolean;
  readonly isOpen: boolean;
  /**
   * When the run wants to be looked at, milliseconds since the epoch; may be earlier than needed.
   */
  readonly wakeAtMs: number | undefined;
  readonly snapshot: Snapshot | undefined;
}

/** A run as a store gives it back. */
export interface StoredRun extends RunRow {
  /** `RunSaving.savedBytes`; 0 when the store holds the history as it came. */
  readonly savedBytes: number;
}

/** How well a store holds the history of a run. */
export interface RunSaving {
  readonly runNo: number;
  /**
   * How many bytes less than the events of its log the run has added to the store, in all; what is
   * shared with other runs counts for the first of them.
   */
  readonly savedBytes: number;
}

/** What one step of a run appended to its log. */
export interface LogEntry {
  readonly runNo: number;
  /** Counted from 1 within the run, without gaps in the order of writing. */
  readonly seq: number;
  /**
   * ID of the first history event in `events`; that of the next event to come when there is none.
   */
  readonly firstEventId: number;
  readonly eventCount: number;
  /** The events as one encoded `temporal.api.history.v1.History`; empty when there is none. */
  readonly events: Uint8Array;
  /** What changed besides events (`perdure.internal.v1.RunDelta`); empty when nothing did. */
  readonly delta: Uint8Array;
}

/** Kind of work that a task queue hands out. Stored as a number: values never change. */
export const TaskKind = { WORKFLOW: 1, ACTIVITY: 2, NEXUS: 3 } as const;
export type TaskKind = (typeof TaskKind)[keyof typeof TaskKind];

/** Names one task queue. */
export interface QueueKey {
  readonly namespaceId: string;
  readonly name: string;
  readonly taskKind: TaskKind;
}

/** A task that waits for a poller. */
export interface TaskRow {
  readonly queue: QueueKey;
  /** Unique in the process, rising: tasks of one priority are handed out in this order. */
  readonly taskId: number;
  /** 1 (first) to 5 (last). */
  readonly priority: number;
  readonly key: EntityKey;
  readonly runId: string;
  /** ID of the event that scheduled the task; of the workflow task or the activity. */
  readonly scheduledEventId: number;
  /**
   * Tells attempts of one scheduled event apart: a task with another stamp than the state's is
   * stale.
   */
  readonly stamp: number;
  readonly createdAtMs: number;
}

/** What identifies a waiting task in its queue. */
export interface TaskPlace {
  readonly queue: QueueKey;
  readonly priority: number;
  readonly taskId: number;
}

/** A namespace. */
export interface NamespaceRow {
  /** A UUID. */
  readonly id: string;
  readonly name: string;
  /** Encoded by the server; opaque to stores. */
  readonly data: Uint8Array;
}

/**
 * The list that has the rows of one kind of entity in a namespace. Workflows have the namespace ID
 * itself, and every other kind a list of its own beside it.
 */
export function listIdOf(namespaceId: string, kind: EntityKind): string {
  return kind === EntityKind.WORKFLOW ? namespaceId : `${namespaceId}#${kind}`;
}

/** The row of a run in lists. */
export interface VisibilityRow {
  /** `listIdOf()` of the namespace: its ID for a workflow. */
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly workflowType: string;
  readonly taskQueue: string;
  /** A value of `temporal.api.enums.v1.WorkflowExecutionStatus`. */
  readonly status: number;
  readonly startTimeMs: number;
  /** Start of the first task: start time plus delay or back-off. */
  readonly executionTimeMs: number;
  readonly closeTimeMs: number | undefined;
  readonly historyLength: number;
  readonly historySizeBytes: number;
  readonly stateTransitionCount: number;
  readonly parentWorkflowId: string | undefined;
  readonly parentRunId: string | undefined;
  readonly rootWorkflowId: string;
  readonly rootRunId: string;
  readonly firstRunId: string;
  /** Encoded `temporal.api.common.v1.Memo`; `undefined` when there is none. */
  readonly memo: Uint8Array | undefined;
  /** Encoded `temporal.api.common.v1.SearchAttributes`; `undefined` when there is none. */
  readonly searchAttributes: Uint8Array | undefined;
}
