import type { Clock, ScheduledCall } from "@perdure/kernel";
import type { Database, Statement } from "better-sqlite3";

/** Rows that may wait: a filter looks at them one by one, in some milliseconds. */
const UNSETTLED_ROWS_MAX = 10_000;
/** Rows that are settled at once, in some milliseconds; commits wait so long. */
const CHUNK_ROWS = 250;
/** How often rows are counted while there are commits. */
const CHECK_INTERVAL_MS = 1000;
/** Pause between two chunks, which leaves the thread to commits. */
const CHUNK_PAUSE_MS = 10;

const COUNT = `
SELECT count(*) FROM (
  SELECT 1 FROM visibility INDEXED BY visibility_unsettled WHERE settled IS NULL LIMIT ?
)`;
const SETTLE = `
UPDATE visibility SET settled = 1 WHERE visibility_no IN (
  SELECT visibility_no FROM visibility INDEXED BY visibility_unsettled
  WHERE settled IS NULL LIMIT ?
)`;

/**
 * Puts rows of lists into the indexes that commits leave out, once there are too many for filters
 * to look at one by one. A row may settle at any time: lists are the same before and after.
 */
export class VisibilitySettler {
  readonly #clock: Clock;
  readonly #database: Database;
  readonly #settle: Statement<[number]>;
  #scheduled: ScheduledCall | undefined;
  #isSettling = false;

  constructor(database: Database, clock: Clock) {
    this.#clock = clock;
    this.#database = database;
    this.#settle = database.prepare(SETTLE);
  }

  /** Tells that rows may have been written; cheap. */
  poke(): void {
    this.#scheduled ??= this.#clock.schedule(CHECK_INTERVAL_MS, () => this.#work());
  }

  stop(): void {
    this.#scheduled?.cancel();
  }

  /** Settles some rows. @returns How many. */
  settle(rows = CHUNK_ROWS): number {
    return this.#settle.run(rows).changes;
  }

  #work(): void {
    this.#scheduled = undefined;
    // Once begun it goes on to the last row, so that it does not begin again with the next one.
    this.#isSettling ||= !isSettled(this.#database);
    if (!this.#isSettling) return;
    this.#isSettling = this.settle() > 0;
    if (this.#isSettling) {
      this.#scheduled = this.#clock.schedule(CHUNK_PAUSE_MS, () => this.#work());
    }
  }
}

/** Whether few enough rows wait. */
export function isSettled(database: Database): boolean {
  const count = database
    .prepare<[number], number>(COUNT)
    .pluck()
    .get(UNSETTLED_ROWS_MAX + 1);
  return (count ?? 0) <= UNSETTLED_ROWS_MAX;
}
