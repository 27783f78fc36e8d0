import type { LogRecord } from "@perdure/engine";
import type { HistoryChunk, Store } from "@perdure/persistence";
import type { LoadedRun } from "./loaded-run.js";
import { readChunks } from "./read-history.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** The history of a run in memory, to which more may have come since it was read. */
export interface WholeHistory {
  readonly run: LoadedRun;
  /**
   * The history with what came since; `undefined` when the run is not in memory any more, or so
   * much came that it must be read again.
   */
  finish(slot: WorkflowSlot): readonly LogRecord[] | undefined;
}

const NO_DELTA = new Uint8Array(0);

/** Reads all events of a run. */
export async function readWholeHistory(store: Store, run: LoadedRun): Promise<WholeHistory> {
  await run.lastTicket?.durable;
  const readToEventId = run.state.nextEventId;
  const maxEvents = readToEventId;
  const chunks = await readChunks(store, run, {
    fromEventId: 1,
    toEventId: readToEventId,
    maxEvents,
  });
  const finish = (slot: WorkflowSlot): readonly LogRecord[] | undefined => {
    const { runId, nextEventId } = run.state;
    if (slot.runs.get(runId) !== run) return undefined;
    if (readToEventId === nextEventId) return chunks.map(toRecord);
    if (run.history.firstEventId > readToEventId) return undefined;
    return [...chunks, ...run.history.read(readToEventId, nextEventId)].map(toRecord);
  };
  return { run, finish };
}

function toRecord({ firstEventId, eventCount, events }: HistoryChunk): LogRecord {
  return { firstEventId, eventCount, events, delta: NO_DELTA };
}
