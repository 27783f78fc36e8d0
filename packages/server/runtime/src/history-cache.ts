import type { LogRecord } from "@perdure/engine";
import type { HistoryChunk } from "@perdure/persistence";

/**
 * Bytes of recent history that a loaded run keeps in memory; older events are read from the store.
 */
const CACHE_BYTES_MAX = 32 * 1024;

/** The youngest events of a run, as they are stored. */
export class HistoryCache {
  readonly #chunks: HistoryChunk[] = [];
  #bytes = 0;
  /** ID of the first event that is here; that of the next event to come when there is none. */
  #firstEventId: number;

  /** @param firstEventId - ID of the first event that will be added. */
  constructor(firstEventId: number) {
    this.#firstEventId = firstEventId;
  }

  get firstEventId(): number {
    return this.#firstEventId;
  }

  add(record: LogRecord): void {
    if (record.eventCount === 0) return;
    this.#chunks.push(record);
    this.#bytes += record.events.length;
    while (this.#bytes > CACHE_BYTES_MAX && this.#chunks.length > 1) this.#dropFirst();
  }

  /**
   * Lets go of a youngest chunk that is too large to be kept: everything here is stored. Without
   * it, each of the many runs in memory could hold a large payload.
   */
  noteStored(): void {
    if (this.#bytes > CACHE_BYTES_MAX) this.#dropFirst();
  }

  /** Chunks that hold events in [fromEventId, toEventId). */
  read(fromEventId: number, toEventId: number): readonly HistoryChunk[] {
    return this.#chunks.filter(
      (chunk) =>
        chunk.firstEventId < toEventId && chunk.firstEventId + chunk.eventCount > fromEventId,
    );
  }

  #dropFirst(): void {
    const dropped = this.#chunks.shift();
    if (dropped === undefined) return;
    this.#bytes -= dropped.events.length;
    this.#firstEventId = dropped.firstEventId + dropped.eventCount;
  }
}
