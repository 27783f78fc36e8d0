import type { Random } from "@perdure/kernel";

/** What becomes of one commit of a `MemoryStore`. */
export interface CommitFate {
  /**
   * - `stored`: all goes well.
   * - `failsBefore`: nothing is stored and the caller gets `StoreUnavailableError`.
   * - `failsAfter`: the batch is stored, but its reply is lost: the caller gets the same error.
   */
  readonly outcome: "stored" | "failsBefore" | "failsAfter";
  /** Milliseconds before the batch is on the disk; a crash in this time loses it. */
  readonly writeDelayMs: number;
  /** Milliseconds between disk and reply; a crash in this time keeps the batch. */
  readonly replyDelayMs: number;
}

/** Decides what goes wrong; called once for each commit, in the order of commits. */
export interface StoreFaults {
  decideCommit(commit: { readonly writeCount: number }): CommitFate;
  /** How long the next read takes, milliseconds; no time when absent. */
  decideReadDelayMs?(): number;
}

/** Faults by chance: same random numbers, same faults. */
export function randomStoreFaults(options: {
  readonly random: Random;
  /** Chances in [0, 1]; their sum is at most 1. */
  readonly failsBeforeChance: number;
  readonly failsAfterChance: number;
  /** Longest delay before and after the write, each drawn evenly from [0, this]. */
  readonly delayMsMax: number;
}): StoreFaults {
  const { random, failsBeforeChance, failsAfterChance, delayMsMax } = options;
  const drawDelayMs = (): number => Math.floor(random.next() * (delayMsMax + 1));
  return {
    decideCommit: () => {
      const draw = random.next();
      const isBefore = draw < failsBeforeChance;
      const isAfter = !isBefore && draw < failsBeforeChance + failsAfterChance;
      return {
        outcome: isBefore ? "failsBefore" : isAfter ? "failsAfter" : "stored",
        writeDelayMs: drawDelayMs(),
        replyDelayMs: drawDelayMs(),
      };
    },
  };
}
