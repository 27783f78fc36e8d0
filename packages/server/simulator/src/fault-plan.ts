import type { Random } from "@perdure/kernel";

/** How badly disk, network and process behave in one simulation; drawn from its seed. */
export interface FaultPlan {
  /** Chance of each commit to fail before it is stored, and again to lose its reply after it. */
  readonly commitFailureChance: number;
  /** Chance of each commit to be one that the process does not survive. */
  readonly commitCrashChance: number;
  /** Longest delay of a commit on each side of the disk, milliseconds. */
  readonly commitDelayMsMax: number;
  /** Longest time between two crashes that have nothing to do with a commit, milliseconds. */
  readonly crashIntervalMsMax: number;
  /** Chance of each call to lose its answer, which the server gave. */
  readonly lostReplyChance: number;
  /** Chance of each call that may be repeated to reach the server a second time, later. */
  readonly duplicateChance: number;
  /** Most workflow IDs that the server keeps in memory while nothing happens to them. */
  readonly maxIdleSlots: number;
  /** Virtual time after which the process no longer dies, milliseconds. */
  readonly crashesUntilMs: number;
  /** Longest delay of a read from the disk, milliseconds. */
  readonly readDelayMsMax: number;
  /** Log entries after which a run gets a snapshot. */
  readonly snapshotEntries: number;
  /** Virtual time after which nothing goes wrong any more, milliseconds. */
  readonly calmAfterMs: number;
}

/** Draws a plan: some seeds have a calm disk, some a slow one, some crash all the time. */
export function drawFaultPlan(random: Random): FaultPlan {
  const of = (...choices: readonly [number, ...number[]]): number =>
    choices[Math.floor(random.next() * choices.length)] ?? choices[0];
  return {
    commitFailureChance: of(0, 0.01, 0.01, 0.05),
    commitCrashChance: of(0, 0.005, 0.02),
    commitDelayMsMax: of(0, 4, 4, 60, 900),
    crashIntervalMsMax: of(5_000, 20_000, 60_000),
    lostReplyChance: of(0, 0.01, 0.05),
    duplicateChance: of(0, 0.05, 0.2),
    maxIdleSlots: of(1, 5, 1000),
    crashesUntilMs: of(20_000, 3 * 60_000),
    readDelayMsMax: of(0, 0, 5, 40),
    snapshotEntries: of(2, 5, 500),
    calmAfterMs: 3 * 60_000,
  };
}
