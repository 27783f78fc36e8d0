import { isOpen, type RunLimits, type RunStep } from "@perdure/engine";
import type { LoadedRun } from "./loaded-run.js";

/**
 * Why the history of a run is too long for a step, in the words that the run is terminated with;
 * `undefined` when it may go on, and when the step closes the run. The size is looked at without
 * the step, and the count without the events that might have had to wait: those get their IDs last.
 * The size is what the store holds: bytes that it shares or compresses do not count.
 *
 * Source: the reference server, `conformance/differential`, set-ups `shortHistories` and
 * `smallHistories`.
 */
export function exceededHistoryLimit(
  run: Pick<LoadedRun, "state" | "savedBytes">,
  step: Pick<RunStep, "next" | "lateEventCount">,
  limits: RunLimits,
): string | undefined {
  if (!isOpen(step.next)) return undefined;
  if (run.state.historySizeBytes - run.savedBytes > limits.historySizeMaxBytes) {
    return "Workflow history size exceeds limit.";
  }
  const eventCount = step.next.nextEventId - 1 - step.lateEventCount;
  if (eventCount > limits.historyCountMax) return "Workflow history count exceeds limit.";
  return undefined;
}
