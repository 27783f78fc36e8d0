import {
  type EntityKey,
  EntityKind,
  type LogEntry,
  type RunRow,
  TaskKind,
  type TaskRow,
  type VisibilityRow,
} from "../records.js";
import type { StoreWrite } from "../store.js";

export const NAMESPACE_ID = "32049b68-7872-4094-8e63-d0dd59896a83";
/** Text that breaks careless encodings: quotes, a NUL, an emoji, combining marks. */
export const ODD_TEXT = 'o\'dd "id" \0 ключ 🔑 e\u0301 %_';

/** The UUID whose last digits are `number`. */
export function sampleRunId(number: number): string {
  return `0190a1b2-c3d4-7e5f-8a6b-${number.toString(16).padStart(12, "0")}`;
}

export function sampleKey(businessId = "order-1", namespaceId = NAMESPACE_ID): EntityKey {
  return { kind: EntityKind.WORKFLOW, namespaceId, businessId };
}

export function sampleRun(runNo: number, changes: Partial<RunRow> = {}): RunRow {
  return {
    runNo,
    key: sampleKey(`order-${runNo}`),
    runId: sampleRunId(runNo),
    isCurrent: true,
    isOpen: true,
    wakeAtMs: undefined,
    snapshot: undefined,
    ...changes,
  };
}

/** An entry of `eventCount` events; its bytes tell run and sequence number. */
export function sampleEntry(runNo: number, seq: number, changes: Partial<LogEntry> = {}): LogEntry {
  return {
    runNo,
    seq,
    firstEventId: seq,
    eventCount: 1,
    events: Uint8Array.of(1, runNo % 256, seq % 256),
    delta: Uint8Array.of(2, runNo % 256, seq % 256),
    ...changes,
  };
}

export function sampleTask(taskId: number, changes: Partial<TaskRow> = {}): TaskRow {
  return {
    queue: { namespaceId: NAMESPACE_ID, name: "orders", taskKind: TaskKind.ACTIVITY },
    taskId,
    priority: 3,
    key: sampleKey(),
    runId: sampleRunId(1),
    scheduledEventId: 5,
    stamp: 1,
    createdAtMs: 1_700_000_000_123,
    ...changes,
  };
}

export function sampleVisibility(
  number: number,
  changes: Partial<VisibilityRow> = {},
): VisibilityRow {
  return {
    namespaceId: NAMESPACE_ID,
    workflowId: `order-${number}`,
    runId: sampleRunId(number),
    workflowType: "Order",
    taskQueue: "orders",
    status: 1,
    startTimeMs: 1_700_000_000_000 + number,
    executionTimeMs: 1_700_000_000_000 + number,
    closeTimeMs: undefined,
    historyLength: 3,
    historySizeBytes: 512,
    stateTransitionCount: 2,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: `order-${number}`,
    rootRunId: sampleRunId(number),
    firstRunId: sampleRunId(number),
    memo: undefined,
    searchAttributes: undefined,
    ...changes,
  };
}

export const insertRun = (run: RunRow): StoreWrite => ({ kind: "insertRun", run });
export const appendLog = (entry: LogEntry): StoreWrite => ({ kind: "appendLog", entry });
export const insertTask = (task: TaskRow): StoreWrite => ({ kind: "insertTask", task });
export const putVisibility = (row: VisibilityRow): StoreWrite => ({ kind: "putVisibility", row });

/** Rows as plain data: bytes as arrays, so that a Buffer equals a Uint8Array. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: [...value] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, plain(field)]));
}
