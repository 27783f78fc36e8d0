import { EntityKind, type StoreWrite } from "@perdure/persistence";

export const NAMESPACE_ID = "32049b68-7872-4094-8e63-d0dd59896a83";

/** The key of the run that `sampleBatch(runNo, …)` inserts. */
export function sampleKey(runNo: number) {
  return { kind: EntityKind.WORKFLOW, namespaceId: NAMESPACE_ID, businessId: `order-${runNo}` };
}

/** A run and `entryCount` log entries of `entryBytes` bytes each. */
export function sampleBatch(runNo: number, entryCount: number, entryBytes = 100): StoreWrite[] {
  const run = {
    runNo,
    key: sampleKey(runNo),
    runId: `0190a1b2-c3d4-7e5f-8a6b-${runNo.toString(16).padStart(12, "0")}`,
    isCurrent: true,
    isOpen: true,
    wakeAtMs: undefined,
    snapshot: undefined,
  };
  const entries = Array.from({ length: entryCount }, (_, index): StoreWrite => {
    const seq = index + 1;
    const events = new Uint8Array(entryBytes).fill(runNo + seq);
    const entry = { runNo, seq, firstEventId: seq, eventCount: 1, events, delta: new Uint8Array() };
    return { kind: "appendLog", entry };
  });
  return [{ kind: "insertRun", run }, ...entries];
}

/** The size of the entries that the committing process writes: some are large enough for chunks. */
export function entryBytes(runNo: number): number {
  return 100 + ((runNo * 37) % 3_000) + (runNo % 5 === 0 ? 20_000 : 0);
}
