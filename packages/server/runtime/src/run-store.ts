import { loadRun, type RunIdentity } from "@perdure/engine";
import { present } from "@perdure/kernel";
import type { EntityKey, LogEntry, Store, StoredRun } from "@perdure/persistence";
import { LoadedRun } from "./loaded-run.js";

/** Log entries read from the store at a time. */
const LOG_PAGE_ENTRIES = 500;

/** Reads a run and folds it into its state. */
export async function readRun(store: Store, row: StoredRun): Promise<LoadedRun> {
  const head = await store.readLog(row.runNo, 1, 1);
  const first = present(head[0], `Run ${row.runId} has a first log entry`);
  const snapshotSeq = row.snapshot?.seq ?? 0;
  const rest = await readLogFrom(store, row.runNo, Math.max(snapshotSeq, first.seq) + 1);
  const state = loadRun({
    identity: identityOf(row.key, row.runId),
    snapshot: row.snapshot?.data,
    first,
    rest,
  });
  const seq = Math.max(snapshotSeq, rest.at(-1)?.seq ?? first.seq);
  const { runNo, wakeAtMs, isCurrent, savedBytes } = row;
  const run = new LoadedRun({
    runNo,
    state,
    seq,
    storedWakeMs: wakeAtMs,
    isCurrent,
    savedBytes,
    cachedFromEventId: state.nextEventId,
  });
  run.noteSnapshot(row.snapshot?.data.length ?? 0);
  for (const entry of rest) run.noteEntry(entry);
  return run;
}

async function readLogFrom(store: Store, runNo: number, fromSeq: number): Promise<LogEntry[]> {
  const entries: LogEntry[] = [];
  for (;;) {
    const nextSeq = (entries.at(-1)?.seq ?? fromSeq - 1) + 1;
    const page = await store.readLog(runNo, nextSeq, LOG_PAGE_ENTRIES);
    entries.push(...page);
    if (page.length < LOG_PAGE_ENTRIES) return entries;
  }
}

/** Names a run of a workflow. */
export function identityOf(key: EntityKey, runId: string): RunIdentity {
  return { namespaceId: key.namespaceId, workflowId: key.businessId, runId };
}
