import { hashKey, unreachable } from "@perdure/kernel";
import type {
  EntityKey,
  LogEntry,
  NamespaceRow,
  RunRow,
  StoreWrite,
  TaskPlace,
  TaskRow,
  VisibilityRow,
} from "@perdure/persistence";
import type { BatchWriter } from "./batch-writer.js";

/** What a packed write begins with. Only processes of one version exchange these. */
export const WriteCode = {
  END: 0,
  INSERT_RUN: 1,
  UPDATE_RUN: 2,
  APPEND_LOG: 3,
  PRUNE_DELTAS: 4,
  INSERT_TASK: 5,
  REMOVE_TASK: 6,
  PUT_VISIBILITY: 7,
  REMOVE_VISIBILITY: 8,
  DELETE_RUN: 9,
  PUT_NAMESPACE: 10,
  DELETE_NAMESPACE: 11,
} as const;

/** Packs a batch. `BatchApplier` reads the fields in the order in which they are written here. */
export function encodeBatch(writer: BatchWriter, batch: readonly StoreWrite[]): ArrayBuffer {
  writer.restart();
  for (const write of batch) encodeWrite(writer, write);
  writer.byte(WriteCode.END);
  return writer.take();
}

function encodeWrite(writer: BatchWriter, write: StoreWrite): void {
  switch (write.kind) {
    case "insertRun":
      encodeRun(writer, write.run);
      break;
    case "updateRun":
      encodeUpdate(writer, write);
      break;
    case "appendLog":
      encodeEntry(writer, write.entry);
      break;
    case "pruneDeltas":
      writer.byte(WriteCode.PRUNE_DELTAS);
      writer.number(write.runNo);
      writer.number(write.throughSeq);
      break;
    case "insertTask":
      encodeTask(writer, write.task);
      break;
    case "removeTask":
      writer.byte(WriteCode.REMOVE_TASK);
      encodePlace(writer, write.place);
      break;
    case "putVisibility":
      encodeVisibility(writer, write.row);
      break;
    case "removeVisibility":
      writer.byte(WriteCode.REMOVE_VISIBILITY);
      writer.text(write.namespaceId);
      writer.runId(write.runId);
      break;
    case "deleteRun":
      writer.byte(WriteCode.DELETE_RUN);
      writer.number(write.runNo);
      break;
    case "putNamespace":
      encodeNamespace(writer, write.namespace);
      break;
    case "deleteNamespace":
      writer.byte(WriteCode.DELETE_NAMESPACE);
      writer.text(write.namespaceId);
      break;
    default:
      unreachable(write);
  }
}

function encodeNamespace(writer: BatchWriter, namespace: NamespaceRow): void {
  writer.byte(WriteCode.PUT_NAMESPACE);
  writer.text(namespace.id);
  writer.text(namespace.name);
  writer.bytes(namespace.data);
}

function encodeKey(writer: BatchWriter, key: EntityKey): void {
  writer.number(key.kind);
  writer.text(key.namespaceId);
  writer.text(key.businessId);
}

function encodeSnapshot(writer: BatchWriter, snapshot: RunRow["snapshot"]): void {
  writer.byte(snapshot === undefined ? 0 : 1);
  if (snapshot === undefined) return;
  writer.number(snapshot.seq);
  writer.bytes(snapshot.data);
}

function encodeRun(writer: BatchWriter, run: RunRow): void {
  writer.byte(WriteCode.INSERT_RUN);
  writer.number(run.runNo);
  writer.number(hashKey(run.key.namespaceId, run.key.businessId));
  encodeKey(writer, run.key);
  writer.runId(run.runId);
  writer.byte(Number(run.isCurrent));
  writer.byte(Number(run.isOpen));
  writer.optional(run.wakeAtMs);
  encodeSnapshot(writer, run.snapshot);
}

function encodeUpdate(
  writer: BatchWriter,
  write: Extract<StoreWrite, { kind: "updateRun" }>,
): void {
  writer.byte(WriteCode.UPDATE_RUN);
  writer.number(write.runNo);
  writer.optional(write.isCurrent);
  writer.optional(write.isOpen);
  writer.byte(write.wakeAtMs === undefined ? 0 : 1);
  if (write.wakeAtMs !== undefined) writer.optional(write.wakeAtMs);
  encodeSnapshot(writer, write.snapshot);
}

function encodeEntry(writer: BatchWriter, entry: LogEntry): void {
  writer.byte(WriteCode.APPEND_LOG);
  writer.number(entry.runNo);
  writer.number(entry.seq);
  writer.number(entry.firstEventId);
  writer.number(entry.eventCount);
  writer.bytes(entry.delta);
  writer.bytes(entry.events);
}

function encodePlace(writer: BatchWriter, place: TaskPlace): void {
  writer.text(place.queue.namespaceId);
  writer.text(place.queue.name);
  writer.number(place.queue.taskKind);
  writer.number(place.priority);
  writer.number(place.taskId);
}

function encodeTask(writer: BatchWriter, task: TaskRow): void {
  writer.byte(WriteCode.INSERT_TASK);
  encodePlace(writer, task);
  encodeKey(writer, task.key);
  writer.runId(task.runId);
  writer.number(task.scheduledEventId);
  writer.number(task.stamp);
  writer.number(task.createdAtMs);
}

function encodeVisibility(writer: BatchWriter, row: VisibilityRow): void {
  writer.byte(WriteCode.PUT_VISIBILITY);
  writer.text(row.namespaceId);
  writer.runId(row.runId);
  writer.text(row.workflowId);
  writer.text(row.workflowType);
  writer.text(row.taskQueue);
  writer.number(row.status);
  writer.number(row.startTimeMs);
  writer.number(row.executionTimeMs);
  writer.optional(row.closeTimeMs);
  writer.number(row.historyLength);
  writer.number(row.historySizeBytes);
  writer.number(row.stateTransitionCount);
  writer.optional(row.parentWorkflowId);
  writer.optionalRunId(row.parentRunId);
  writer.text(row.rootWorkflowId);
  writer.runId(row.rootRunId);
  writer.runId(row.firstRunId);
  writer.optional(row.memo);
  writer.optional(row.searchAttributes);
}
