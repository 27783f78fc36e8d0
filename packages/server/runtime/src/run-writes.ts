import {
  durationMs,
  isOpen,
  type LogRecord,
  listedSearchAttributes,
  nextWakeMs,
  type RunLimits,
  type RunState,
  type RunStep,
  snapshotRun,
  taskQueueName,
} from "@perdure/engine";
import type { EntityKey, StoreWrite, VisibilityRow } from "@perdure/persistence";
import { Memo, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import type { LoadedRun } from "./loaded-run.js";
import { hasOutbound, OUTBOX_WAKE_MS } from "./outbox.js";

/** A snapshot is due only when so many times its size was written to the log since the last. */
const LOG_TO_SNAPSHOT_SIZE = 4;

/** So much log is long even in few entries: a load reads all of it at once. */
const SNAPSHOT_LOG_BYTES = 4 * 1024 * 1024;

/** A closed run with a shorter log is folded from it as fast as from a snapshot. */
const SNAPSHOT_ENTRIES_MIN = 32;

/** Writes that make a new run. */
export function insertWrites(
  run: LoadedRun,
  key: EntityKey,
  options: {
    readonly step: RunStep;
    readonly wakeAtMs: number | undefined;
    /** What the log begins with, before the step. */
    readonly history?: readonly LogRecord[];
  },
): StoreWrite[] {
  const { runId } = run.state;
  const inserted = {
    runNo: run.runNo,
    key,
    runId,
    isCurrent: true,
    isOpen: true,
    wakeAtMs: options.wakeAtMs,
    snapshot: undefined,
  };
  run.storedWakeMs = options.wakeAtMs;
  const writes: StoreWrite[] = [{ kind: "insertRun", run: inserted }];
  for (const [index, record] of (options.history ?? []).entries()) {
    const entry = { runNo: run.runNo, seq: index + 1, ...record };
    writes.push({ kind: "appendLog", entry });
  }
  writes.push(...logWrites(run, options.step));
  return writes;
}

/** Writes that follow a step of a run that is stored. */
export function stepWrites(
  run: LoadedRun,
  step: RunStep,
  options: { readonly wakeAtMs: number | undefined; readonly snapshotEntries: number },
): StoreWrite[] {
  const { wakeAtMs } = options;
  const writes = logWrites(run, step);
  if (!isOpen(run.state)) {
    writes.push(closeWrite(run, wakeAtMs));
    return writes;
  }
  const wantedMs = hasOutbound(run.state) ? OUTBOX_WAKE_MS : wakeAtMs;
  // A stored wake-up may come too early, except that of an outbox that is empty.
  const isLate = wantedMs !== undefined && (run.storedWakeMs ?? Infinity) > wantedMs;
  const isOutboxEmptied = run.storedWakeMs === OUTBOX_WAKE_MS && wantedMs !== OUTBOX_WAKE_MS;
  if (isLate || isOutboxEmptied) {
    writes.push({ kind: "updateRun", runNo: run.runNo, wakeAtMs: wantedMs ?? null });
    run.storedWakeMs = wantedMs;
  }
  if (needsSnapshot(run, options.snapshotEntries)) writes.push(...compactWrites(run));
  return writes;
}

function logWrites(run: LoadedRun, step: RunStep): StoreWrite[] {
  const writes: StoreWrite[] = [];
  if (step.record !== undefined) {
    const { firstEventId, eventCount, delta, events } = step.record;
    const { runNo, seq } = run;
    const entry = { runNo, seq, firstEventId, eventCount, delta, events };
    writes.push({ kind: "appendLog", entry });
  }
  if (step.isListChanged) writes.push({ kind: "putVisibility", row: visibilityRow(run.state) });
  return writes;
}

function closeWrite(run: LoadedRun, wantedMs: number | undefined): StoreWrite {
  const wakeAtMs = hasOutbound(run.state) ? OUTBOX_WAKE_MS : (wantedMs ?? null);
  run.storedWakeMs = wakeAtMs ?? undefined;
  const { runNo, seq } = run;
  const close = { kind: "updateRun", runNo, isOpen: false, wakeAtMs } as const;
  if (seq < SNAPSHOT_ENTRIES_MIN && run.bytesSinceSnapshot < SNAPSHOT_LOG_BYTES) return close;
  return { ...close, snapshot: { seq, data: snapshotRun(run.state) } };
}

/** Whether the log that a load reads is long, by itself and beside the state that it makes. */
function needsSnapshot(run: LoadedRun, snapshotEntries: number): boolean {
  const isShort = run.bytesSinceSnapshot < SNAPSHOT_LOG_BYTES;
  if (isShort && run.entriesSinceSnapshot < snapshotEntries) return false;
  return run.bytesSinceSnapshot >= LOG_TO_SNAPSHOT_SIZE * run.snapshotBytes;
}

function compactWrites(run: LoadedRun): StoreWrite[] {
  const snapshot = { seq: run.seq, data: snapshotRun(run.state) };
  run.noteSnapshot(snapshot.data.length);
  return [
    { kind: "updateRun", runNo: run.runNo, snapshot },
    { kind: "pruneDeltas", runNo: run.runNo, throughSeq: run.seq },
  ];
}

/** When a run must be looked at next, milliseconds since the epoch. */
export function wakeOf(state: RunState, limits: RunLimits): number | undefined {
  return nextWakeMs(state, limits.workflowTaskRetryIntervalMsMax);
}

/** The row of a run in lists. */
export function visibilityRow(state: RunState): VisibilityRow {
  const { started } = state;
  const backoffMs = durationMs(started.firstWorkflowTaskBackoff);
  const isClosed = !isOpen(state);
  const root = started.rootWorkflowExecution;
  const attributes = listedSearchAttributes(state);
  return {
    namespaceId: state.namespaceId,
    workflowId: state.workflowId,
    runId: state.runId,
    workflowType: started.workflowType?.name ?? "",
    taskQueue: taskQueueName(state),
    status: state.status,
    startTimeMs: state.startTimeMs,
    executionTimeMs: state.startTimeMs + backoffMs,
    closeTimeMs: isClosed ? state.closeTimeMs : undefined,
    historyLength: isClosed ? state.nextEventId - 1 : 0,
    historySizeBytes: isClosed ? state.historySizeBytes : 0,
    stateTransitionCount: isClosed ? state.transitionCount : 0,
    parentWorkflowId: started.parentWorkflowExecution?.workflowId,
    parentRunId: started.parentWorkflowExecution?.runId,
    rootWorkflowId: root?.workflowId ?? state.workflowId,
    rootRunId: root?.runId ?? state.runId,
    firstRunId: started.firstExecutionRunId ?? state.runId,
    memo: encodeOptional(state.memo?.fields, () => Memo.encode(state.memo ?? {})),
    // Empty bytes tell the store that there were attributes, which it must forget.
    searchAttributes: attributes && SearchAttributes.encode(attributes),
  };
}

function encodeOptional(
  fields: ReadonlyMap<string, unknown> | undefined,
  encode: () => Uint8Array,
): Uint8Array | undefined {
  return fields === undefined || fields.size === 0 ? undefined : encode();
}
