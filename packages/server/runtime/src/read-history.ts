import type { HistoryChunk, Store } from "@perdure/persistence";
import { type HistorySlice, PAGE_BYTES_MAX, sliceHistory } from "./history-slice.js";
import type { LoadedRun } from "./loaded-run.js";

export interface HistoryRange {
  readonly fromEventId: number;
  /** ID after the last event. */
  readonly toEventId: number;
  readonly maxEvents: number;
  /** Most batches, that is events which one step wrote; no limit by default. */
  readonly maxBatches?: number;
  /** No further batch after so many bytes; no limit by default. */
  readonly maxBytes?: number;
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
  // What the cache had no room for may be on its way to the store.
  await run.lastTicket?.durable;
  const chunks = await readChunks(store, run, { ...range, maxBytes: PAGE_BYTES_MAX });
  return sliceHistory(chunks, range);
}

/**
 * Reads the chunks that hold a range of events; the first may begin before it. They end before the
 * range does when there is a limit, or when events are not stored yet that are not in the cache.
 */
export async function readChunks(
  store: Store,
  run: LoadedRun,
  range: HistoryRange,
): Promise<readonly HistoryChunk[]> {
  const { maxEvents, maxBytes = Infinity } = range;
  const cachedFrom = run.history.firstEventId;
  const cached = run.history.read(Math.max(range.fromEventId, cachedFrom), range.toEventId);
  const toEventId = Math.min(range.toEventId, cachedFrom);
  const { runNo } = run;
  const stored: HistoryChunk[] = [];
  let nextEventId = range.fromEventId;
  let sizeBytes = 0;
  while (nextEventId < toEventId) {
    const isFull = nextEventId - range.fromEventId >= maxEvents || sizeBytes >= maxBytes;
    if (isFull) return stored;
    const request = { runNo, fromEventId: nextEventId, toEventId, maxEvents, maxBytes };
    const chunks = await store.readHistory(request);
    const last = chunks.at(-1);
    if (last === undefined) return stored;
    stored.push(...chunks);
    nextEventId = last.firstEventId + last.eventCount;
    for (const { events } of chunks) sizeBytes += events.length;
  }
  return [...stored, ...cached];
}
