import { present } from "@perdure/kernel";
import type { RunRow, Store } from "@perdure/persistence";
import type { EntityIdentity, EntityLogic } from "./entity-logic.js";
import { LoadedEntity } from "./loaded-entity.js";

/** Log entries read from the store at a time. */
const LOG_PAGE_ENTRIES = 500;

/** Reads a run of an entity and folds it into its state. */
export async function readEntity<S>(
  store: Store,
  logic: EntityLogic<S>,
  row: RunRow,
): Promise<LoadedEntity<S>> {
  const { namespaceId, businessId: id } = row.key;
  const identity: EntityIdentity = { namespaceId, id, runId: row.runId };
  let seq = row.snapshot?.seq ?? 0;
  let state = row.snapshot && logic.decodeSnapshot(row.snapshot.data, identity);
  let entriesSinceSnapshot = 0;
  for (;;) {
    const page = await store.readLog(row.runNo, seq + 1, LOG_PAGE_ENTRIES);
    for (const entry of page) {
      state = logic.fold(state, entry.delta, identity);
      seq = entry.seq;
    }
    entriesSinceSnapshot += page.length;
    if (page.length < LOG_PAGE_ENTRIES) break;
  }
  const stored = present(state, `Entity ${identity.id} has a first log entry`);
  const entity = new LoadedEntity<S>({
    identity,
    runNo: row.runNo,
    state: stored,
    durableState: stored,
    seq,
    storedWakeMs: row.wakeAtMs,
  });
  entity.entriesSinceSnapshot = entriesSinceSnapshot;
  return entity;
}
