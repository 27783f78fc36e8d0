import { invariant } from "@perdure/kernel";
import {
  type ActivityProgress,
  type NexusOperationProgress,
  RunDelta,
  RunSnapshot,
  type RunSnapshotInit,
  type UpdateProgress,
} from "@perdure/proto/perdure/internal/v1";
import type { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import { List, Map as PersistentMap, Set as PersistentSet } from "immutable";
import { restoreActivities, snapshotActivity } from "./activity-snapshot.js";
import { applyEvent } from "./apply-event.js";
import { setCallback } from "./callback-progress.js";
import { nexusOperationOf, setNexusOperation } from "./nexus-operation.js";
import { mergeSearchAttributes } from "./payload-fields.js";
import { withoutMessage } from "./peers.js";
import { restorePeers, snapshotPeers } from "./peers-snapshot.js";
import { setResetOrigin } from "./reset-origin.js";
import {
  draftOf,
  emptyRun,
  isOpen,
  type RunDraft,
  type RunIdentity,
  type RunState,
} from "./run-state.js";
import type { LogRecord } from "./step.js";
import { restoreUncommon, snapshotUncommon } from "./uncommon-snapshot.js";
import { admitByEvent } from "./update-events.js";

/** Number of the snapshot format; a snapshot of a higher one is refused. */
const SNAPSHOT_FORMAT = 1;

/** A stored state and the log entries written after it. */
export interface StoredRun {
  readonly identity: RunIdentity;
  /** Encoded by `snapshotRun`; `undefined`: the log holds everything. */
  readonly snapshot: Uint8Array | undefined;
  /** The first log entry of the run, which holds its started event. */
  readonly first: LogRecord;
  /** Entries after the snapshot in order; all after `first` when there is no snapshot. */
  readonly rest: readonly LogRecord[];
}

/** Folds a stored run into its state. */
export function loadRun(stored: StoredRun): RunState {
  const draft = draftOf(emptyRun(stored.identity));
  applyRecord(draft, stored.first);
  if (stored.snapshot !== undefined) restore(draft, RunSnapshot.decode(stored.snapshot));
  for (const record of stored.rest) applyRecord(draft, record);
  return draft;
}

/** The state after the events of a history, without what a log tells besides events. */
export function foldHistory(identity: RunIdentity, history: readonly LogRecord[]): RunState {
  const draft: RunDraft = { ...emptyRun(identity) };
  for (const record of history) applyRecord(draft, record);
  return draft;
}

function applyRecord(draft: RunDraft, record: LogRecord): void {
  const delta = record.delta.length > 0 ? RunDelta.decode(record.delta) : undefined;
  // The event that ends a run because of a reset is folded with the run that the reset made known.
  if (delta !== undefined && delta.resetRunId !== "") {
    draft.uncommon = { ...draft.uncommon, resetRunId: delta.resetRunId };
  }
  if (record.eventCount > 0) {
    for (const event of History.decode(record.events).events) {
      applyEvent(draft, event);
      draft.nextEventId = Number(event.eventId) + 1;
    }
    draft.historySizeBytes += record.events.length;
  }
  draft.transitionCount += 1;
  if (delta !== undefined) applyDelta(draft, delta);
}

function applyDelta(draft: RunDraft, delta: RunDelta): void {
  const isClosed = !isOpen(draft);
  if (delta.bufferFlushed) draft.buffered = draft.buffered.clear();
  if (!isClosed) {
    for (const event of delta.buffered) {
      draft.buffered = draft.buffered.push(event);
      applyEvent(draft, event);
    }
    if (delta.workflowTask !== undefined) {
      draft.workflowTask =
        delta.workflowTask.scheduledEventId === 0 ? undefined : delta.workflowTask;
      if (draft.workflowTask !== undefined) draft.firstTaskAtMs = 0;
    }
    if (delta.sticky !== undefined)
      draft.sticky = delta.sticky.queue === "" ? undefined : delta.sticky;
  }
  if (delta.problems !== undefined) {
    draft.uncommon = { ...draft.uncommon, taskProblems: delta.problems };
  }
  if (delta.versioning !== undefined) {
    draft.uncommon = { ...draft.uncommon, versioning: delta.versioning };
  }
  if (delta.resetOrigin !== undefined) setResetOrigin(draft, delta.resetOrigin);
  for (const updateId of delta.rejectedUpdates) {
    draft.admittedUpdates = draft.admittedUpdates.delete(updateId);
  }
  for (const progress of delta.activities) putProgress(draft, progress);
  draft.signalRequestIds = draft.signalRequestIds.union(delta.signalRequestIds);
  draft.requestIds = draft.requestIds.merge(delta.requestIds);
  if (delta.cancelRequestId !== "") draft.cancelRequestId = delta.cancelRequestId;
  if (delta.searchAttributes !== undefined) {
    const changes = delta.searchAttributes;
    draft.searchAttributes = mergeSearchAttributes(draft.searchAttributes, changes);
  }
  for (const progress of delta.nexusOperations) putNexusProgress(draft, progress);
  for (const progress of delta.callbacks) setCallback(draft, progress);
  for (const key of delta.farewellsDelivered) draft.peers = withoutMessage(draft.peers, key);
}

function putNexusProgress(draft: RunDraft, progress: NexusOperationProgress): void {
  const operation = nexusOperationOf(draft, progress.scheduledEventId);
  if (operation !== undefined) setNexusOperation(draft, { ...operation, progress });
}

function putProgress(draft: RunDraft, progress: ActivityProgress): void {
  const { scheduledEventId } = progress;
  const activity = draft.activities.get(scheduledEventId);
  if (activity !== undefined) {
    draft.activities = draft.activities.set(scheduledEventId, { ...activity, progress });
    return;
  }
  const { leftover } = draft.uncommon;
  const undone = leftover?.activities.get(scheduledEventId);
  if (leftover === undefined || undone === undefined) return;
  const activities = leftover.activities.set(scheduledEventId, { ...undone, progress });
  draft.uncommon = { ...draft.uncommon, leftover: { ...leftover, activities } };
}

/** Encodes a state so that `loadRun` need not fold the log before it. */
export function snapshotRun(run: RunState): Uint8Array {
  const snapshot: RunSnapshotInit = {
    format: SNAPSHOT_FORMAT,
    nextEventId: run.nextEventId,
    historySizeBytes: run.historySizeBytes,
    status: run.status,
    closeTimeMs: run.closeTimeMs,
    // A speculative task lives in memory only.
    workflowTask: run.workflowTask?.isSpeculative === true ? undefined : run.workflowTask,
    sticky: run.sticky,
    activities: run.activities.valueSeq().map(snapshotActivity).toArray(),
    timers: run.timers.valueSeq().toArray(),
    buffered: run.buffered.toArray(),
    signalRequestIds: run.signalRequestIds.toArray(),
    requestIds: new Map(run.requestIds),
    transitionCount: run.transitionCount,
    firstTaskAtMs: run.firstTaskAtMs,
    previousStartedEventId: run.previousStartedEventId,
    lastCompletedEventId: run.lastCompletedEventId,
    cancelRequested: run.isCancelRequested,
    cancelRequestId: run.cancelRequestId,
    memo: run.memo,
    searchAttributes: run.searchAttributes,
    signalCount: run.signals.count,
    firstSignalRequestId: run.signals.firstRequestId,
    firstSignalEventId: run.signals.firstEventId,
    workerVersion: run.workerVersion,
    newExecutionRunId: run.newExecutionRunId,
    resetPoints: run.resetPoints.toArray(),
    updates: run.updates.valueSeq().toArray(),
    peers: snapshotPeers(run.peers),
    admittedUpdates: [...run.admittedUpdates.values()]
      .filter(({ isByEvent }) => isByEvent === true)
      .map(({ request }) => request),
    ...snapshotUncommon(run.uncommon),
  };
  return RunSnapshot.encode(snapshot);
}

function restore(draft: RunDraft, snapshot: RunSnapshot): void {
  invariant(snapshot.format <= SNAPSHOT_FORMAT, "A snapshot is never of a newer format");
  draft.nextEventId = snapshot.nextEventId;
  draft.historySizeBytes = snapshot.historySizeBytes;
  draft.status = snapshot.status as WorkflowExecutionStatus;
  draft.closeTimeMs = snapshot.closeTimeMs;
  draft.workflowTask = snapshot.workflowTask;
  draft.sticky = snapshot.sticky;
  draft.timers = PersistentMap(snapshot.timers.map((timer) => [timer.timerId, timer]));
  draft.buffered = List(snapshot.buffered);
  draft.signalRequestIds = PersistentSet(snapshot.signalRequestIds);
  draft.requestIds = PersistentMap(snapshot.requestIds);
  draft.transitionCount = snapshot.transitionCount;
  draft.firstTaskAtMs = snapshot.firstTaskAtMs;
  draft.previousStartedEventId = snapshot.previousStartedEventId;
  draft.lastCompletedEventId = snapshot.lastCompletedEventId;
  draft.isCancelRequested = snapshot.cancelRequested;
  draft.cancelRequestId = snapshot.cancelRequestId;
  draft.memo = snapshot.memo;
  draft.searchAttributes = snapshot.searchAttributes;
  draft.signals = {
    count: snapshot.signalCount,
    firstRequestId: snapshot.firstSignalRequestId,
    firstEventId: snapshot.firstSignalEventId,
  };
  draft.workerVersion = snapshot.workerVersion;
  draft.newExecutionRunId = snapshot.newExecutionRunId;
  draft.resetPoints = List(snapshot.resetPoints);
  draft.updates = PersistentMap(snapshot.updates.map((update) => [update.updateId, update]));
  draft.completedUpdateCount = snapshot.updates.filter(isCompleted).length;
  draft.peers = restorePeers(snapshot.peers);
  restoreUncommon(draft, snapshot);
  for (const request of snapshot.admittedUpdates) admitByEvent(draft, request);
  restorePending(draft, snapshot);
}

function isCompleted(update: UpdateProgress): boolean {
  return update.completedEventId > 0;
}

function restorePending(draft: RunDraft, snapshot: RunSnapshot): void {
  const activities = restoreActivities(snapshot.activities);
  draft.activities = PersistentMap(activities);
  draft.activityIds = PersistentMap(
    activities.map(([scheduledEventId, { scheduled }]) => [
      scheduled.activityId ?? "",
      scheduledEventId,
    ]),
  );
}
