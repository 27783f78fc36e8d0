import type { CancelSignal, Clock } from "@perdure/kernel";
import type { EntitySlot, HostedRun } from "./entity-slot.js";

/** A run whose stored state others wait for. */
export interface WatchedRun extends HostedRun {
  readonly durableState: unknown;
  readonly watchers: Set<() => void>;
}

export interface Watch<R extends WatchedRun> {
  /** Longest wait, milliseconds. */
  readonly waitMs: number;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  readonly isDone: (stored: R["durableState"]) => boolean;
}

/**
 * Waits until stored steps of a run have brought it where the caller wants it, the time is over,
 * or the caller goes away. Returns the run, which may have been loaded anew meanwhile.
 */
export async function watchRun<R extends WatchedRun>(
  slot: EntitySlot<R>,
  watched: R,
  watch: Watch<R>,
): Promise<R> {
  let run = watched;
  const untilMs = watch.clock.nowMs() + watch.waitMs;
  while (
    !watch.isDone(run.durableState) &&
    watch.clock.nowMs() < untilMs &&
    !watch.signal.aborted
  ) {
    await nextChange(run, watch, untilMs);
    run = await slot.run(run.runId);
  }
  return run;
}

function nextChange<R extends WatchedRun>(run: R, watch: Watch<R>, untilMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      run.watchers.delete(end);
      timer.cancel();
      watch.signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = watch.clock.schedule(untilMs - watch.clock.nowMs(), end);
    run.watchers.add(end);
    watch.signal.addEventListener("abort", end);
  });
}
