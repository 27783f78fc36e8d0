import type { HistoryChunk, Store } from "@perdure/persistence";
import { type HistorySlice, sliceHistory } from "./history-slice.js";
import type { LoadedRun } from "./loaded-run.js";

export interface HistoryRange {
  readonly fromEventId: number;
  /** ID after the last event. */
  readonly toEventId: number;
  readonly maxEvents: number;
  /** Most batches, that is events which one step wrote; no limit by default. */
  readonly maxBatches?: number;
}

/** Reads events of a run that is in memory: from there if they are recent, else from the store. */
export function readHistory(
  store: Store,
  run: LoadedRun,
  range: HistoryRange,
): HistorySlice | Promise<HistorySlice> {
  if (range.fromEventId >= run.history.firstEventId) {
    return sliceHistory(run.history.read(range.fromEventId, range.toEventId), range);
  }
  return readStored(store, run, range);
}

async function readStored(
  store: Store,
  run: LoadedRun,
  range: HistoryRange,
): Promise<HistorySlice> {
  return sliceHistory(await readChunks(store, run, range), range);
}

/**
 * Reads the chunks that hold a range of events; the first may begin before it. Events before the
 * cache are durable: the cache never lets go of what is being written.
 */
export async function readChunks(
  store: Store,
  run: LoadedRun,
  range: HistoryRange,
): Promise<readonly HistoryChunk[]> {
  const cachedFrom = run.history.firstEventId;
  const cached = run.history.read(Math.max(range.fromEventId, cachedFrom), range.toEventId);
  const toEventId = Math.min(range.toEventId, cachedFrom);
  const { runNo } = run;
  const stored = [];
  let nextEventId = range.fromEventId;
  while (nextEventId < toEventId && nextEventId - range.fromEventId < range.maxEvents) {
    const request = { runNo, fromEventId: nextEventId, toEventId, maxEvents: range.maxEvents };
    const chunks = await store.readHistory(request);
    const last = chunks.at(-1);
    if (last === undefined) break;
    stored.push(...chunks);
    nextEventId = last.firstEventId + last.eventCount;
  }
  return [...stored, ...cached];
}
