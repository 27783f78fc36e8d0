/**
 * How a row of `log` or `snapshots` is stored, a sum of these; released values never change. What
 * is not a list of chunks is as it came.
 */
export const StoredFormat = {
  PLAIN: 0,
  /** `log.delta`, or `snapshots.data`, is a list of chunks. */
  DELTA_CHUNKED: 1,
  /** `log.events` is a list of chunks. */
  EVENTS_CHUNKED: 2,
} as const;

/** A row's values, with its format. */
export interface StoredValues {
  readonly format: number;
  readonly delta: Uint8Array;
  readonly events: Uint8Array;
}

/** The lists of chunks in a row. */
export function chunkListsOf({ format, delta, events }: StoredValues): readonly Uint8Array[] {
  const lists: Uint8Array[] = [];
  if ((format & StoredFormat.DELTA_CHUNKED) !== 0) lists.push(delta);
  if ((format & StoredFormat.EVENTS_CHUNKED) !== 0) lists.push(events);
  return lists;
}
