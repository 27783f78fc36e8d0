import type { RunState } from "@perdure/engine";
import type { CancelSignal, Clock } from "@perdure/kernel";
import type { LoadedRun } from "./loaded-run.js";
import type { WorkflowSlot } from "./workflow-slot.js";

export interface Watch {
  /** Longest wait, milliseconds. */
  readonly waitMs: number;
  readonly clock: Clock;
  readonly signal: CancelSignal;
  readonly isDone: (stored: RunState) => boolean;
}

/**
 * Waits until stored steps of a run have brought it where the caller wants it, the time is over,
 * or the caller goes away. Returns the run, which may have been loaded anew meanwhile.
 */
export async function watchRun(
  slot: WorkflowSlot,
  watched: LoadedRun,
  watch: Watch,
): Promise<LoadedRun> {
  let run = watched;
  const untilMs = watch.clock.nowMs() + watch.waitMs;
  while (
    !watch.isDone(run.durableState) &&
    watch.clock.nowMs() < untilMs &&
    !watch.signal.aborted
  ) {
    await nextChange(run, watch, untilMs);
    run = await slot.run(run.state.runId);
  }
  return run;
}

function nextChange(run: LoadedRun, watch: Watch, untilMs: number): Promise<void> {
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
