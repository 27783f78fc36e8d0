import type { EntityKey, LogEntry, StoreWrite, TaskRow } from "@perdure/persistence";
import { OUTBOX_WAKE_MS } from "../outbox.js";
import type { EntityEffects, EntityLogic, EntityOffer, EntityStep } from "./entity-logic.js";
import type { LoadedEntity } from "./loaded-entity.js";

/** Log entries after which a snapshot is written and they are deleted. */
const SNAPSHOT_ENTRIES = 64;

/** A kind of entity: its logic, and what it does in the world if it does anything. */
export interface EntityParts<S> {
  readonly logic: EntityLogic<S>;
  readonly effects: EntityEffects<S> | undefined;
}

/** The wake-up that is to be stored: at once while there is something to do in the world. */
export function storedWakeOf<S>({ logic, effects }: EntityParts<S>, state: S): number | undefined {
  if (effects?.hasWork(state) === true) return OUTBOX_WAKE_MS;
  return logic.isOpen(state) ? logic.wakeAtMs(state) : undefined;
}

/** Writes that make a new run current. */
export function insertEntityWrites<S>(
  parts: EntityParts<S>,
  entity: LoadedEntity<S>,
  key: EntityKey,
): StoreWrite[] {
  const { runNo, runId, state } = entity;
  const wakeAtMs = storedWakeOf(parts, state);
  entity.storedWakeMs = wakeAtMs;
  const isOpen = parts.logic.isOpen(state);
  const run = { runNo, key, runId, isCurrent: true, isOpen, wakeAtMs, snapshot: undefined };
  return [{ kind: "insertRun", run }];
}

/** Writes of a step that has been applied to the entity in memory. */
export function entityStepWrites<S>(
  parts: EntityParts<S>,
  entity: LoadedEntity<S>,
  step: EntityStep<S>,
): StoreWrite[] {
  const writes: StoreWrite[] = [];
  if (step.record !== undefined) {
    writes.push({ kind: "appendLog", entry: entryOf(entity, step.record) });
  }
  const row = step.isListChanged ? parts.logic.listRow?.(entity.state) : undefined;
  if (row !== undefined) writes.push({ kind: "putVisibility", row });
  return writes;
}

/** Corrects what the run's row says of it, and shortens its log when it has become long. */
export function entityRowWrites<S>(
  parts: EntityParts<S>,
  entity: LoadedEntity<S>,
  previous: S,
): StoreWrite[] {
  const { runNo, seq, state } = entity;
  const writes: StoreWrite[] = [];
  const wakeAtMs = storedWakeOf(parts, state);
  const isOpen = parts.logic.isOpen(state);
  const isOpenChanged = isOpen !== parts.logic.isOpen(previous);
  // A stored wake-up may come too early, except that of work that is done.
  const isLate = wakeAtMs !== undefined && (entity.storedWakeMs ?? Infinity) > wakeAtMs;
  const isWorkDone = entity.storedWakeMs === OUTBOX_WAKE_MS && wakeAtMs !== OUTBOX_WAKE_MS;
  if (isLate || isWorkDone || isOpenChanged) {
    const change = isOpenChanged ? { isOpen } : {};
    writes.push({ kind: "updateRun", runNo, wakeAtMs: wakeAtMs ?? null, ...change });
    entity.storedWakeMs = wakeAtMs;
  }
  if (entity.entriesSinceSnapshot >= SNAPSHOT_ENTRIES) {
    const snapshot = { seq, data: parts.logic.encodeSnapshot(state) };
    writes.push({ kind: "updateRun", runNo, snapshot });
    writes.push({ kind: "pruneDeltas", runNo, throughSeq: seq });
    entity.entriesSinceSnapshot = 0;
  }
  return writes;
}

/** The row of an offered task. */
export function entityTaskRow(
  offer: EntityOffer,
  task: {
    readonly key: EntityKey;
    readonly runId: string;
    readonly taskId: number;
    readonly nowMs: number;
  },
): TaskRow {
  const { key, runId, taskId, nowMs } = task;
  return {
    queue: { namespaceId: key.namespaceId, name: offer.queueName, taskKind: offer.taskKind },
    taskId,
    priority: offer.priority,
    key,
    runId,
    scheduledEventId: offer.taskNo,
    stamp: offer.stamp,
    createdAtMs: nowMs,
  };
}

function entryOf<S>(entity: LoadedEntity<S>, delta: Uint8Array): LogEntry {
  // Entities have no history events: their log is deltas only.
  const { runNo, seq } = entity;
  return { runNo, seq, firstEventId: 1, eventCount: 0, events: NOTHING, delta };
}

const NOTHING = new Uint8Array(0);
