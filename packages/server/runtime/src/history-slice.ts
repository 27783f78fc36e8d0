import { invariant } from "@perdure/kernel";
import type { HistoryChunk } from "@perdure/persistence";

/** Encoded events of one history, joined: the body of a `temporal.api.history.v1.History`. */
export interface HistorySlice {
  readonly events: Uint8Array;
  readonly eventCount: number;
  /** ID after the last event. */
  readonly nextEventId: number;
}

/** Most bytes of history in one page: clients take messages of 4 MiB by default. */
export const PAGE_BYTES_MAX = 3 * 1024 * 1024;

/**
 * Cuts the events [fromEventId, toEventId) out of stored chunks, which begin at or before
 * `fromEventId` and have no gap, without decoding them.
 *
 * @param range - `maxEvents` and `maxBatches` (chunks) limit what is returned.
 */
export function sliceHistory(
  chunks: readonly HistoryChunk[],
  range: {
    readonly fromEventId: number;
    readonly toEventId: number;
    readonly maxEvents: number;
    readonly maxBatches?: number;
  },
): HistorySlice {
  const { maxBatches = Infinity } = range;
  const endEventId = Math.min(range.toEventId, range.fromEventId + range.maxEvents);
  const parts: Uint8Array[] = [];
  let nextEventId = range.fromEventId;
  let sizeBytes = 0;
  for (const chunk of chunks) {
    const isFull = parts.length >= maxBatches || sizeBytes >= PAGE_BYTES_MAX;
    if (nextEventId >= endEventId || isFull) break;
    const skipped = nextEventId - chunk.firstEventId;
    if (skipped >= chunk.eventCount) continue;
    invariant(skipped >= 0, `The history has no gap before event ${chunk.firstEventId}`);
    const taken = Math.min(chunk.eventCount - skipped, endEventId - nextEventId);
    const part = cut(chunk.events, skipped, taken);
    parts.push(part);
    sizeBytes += part.length;
    nextEventId += taken;
  }
  const events = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  return { events, eventCount: nextEventId - range.fromEventId, nextEventId };
}

/** The encoded events of a chunk, each with its tag and length, youngest first. */
export function reversedEvents(events: Uint8Array): readonly Uint8Array[] {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < events.length; ) {
    const end = fieldEnd(events, at);
    parts.push(events.subarray(at, end));
    at = end;
  }
  return parts.reverse();
}

/** The bytes of `count` fields after the first `skipped` ones. */
function cut(events: Uint8Array, skipped: number, count: number): Uint8Array {
  let at = 0;
  for (let index = 0; index < skipped; index++) at = fieldEnd(events, at);
  const start = at;
  for (let index = 0; index < count; index++) at = fieldEnd(events, at);
  return start === 0 && at === events.length ? events : events.subarray(start, at);
}

/** End of the length-delimited field (with a tag of one byte) that begins at `start`. */
function fieldEnd(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  let length = 0;
  let factor = 1;
  for (;;) {
    const byte = bytes[at++] ?? 0;
    length += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    factor *= 128;
  }
  invariant(at + length <= bytes.length, "A stored chunk of history is whole");
  return at + length;
}
