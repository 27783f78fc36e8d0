/**
 * Situations that simulations are made to meet. `npm run sim` tells which of them no seed of a run
 * came to: a generator that no longer reaches one of them proves less than it says.
 */
export const COVERAGE_POINTS = [
  "the server crashed",
  "the server crashed before a batch was on the disk",
  "the server crashed between a batch and its reply",
  "a commit failed before it was stored",
  "a commit was stored and its reply lost",
  "the disk was slow",
  "a reader came behind a write",
  "a call lost its answer",
  "a call reached the server twice",
  "a repeated completion was refused",
  "a start was repeated",
  "a run was loaded from its log",
  "a run was loaded from a snapshot",
  "a sticky task met its cache",
  "a sticky task met no cache",
  "a sticky task went back to the normal queue",
  "a worker lost its cache",
  "a workflow task failed",
  "a workflow task timed out",
  "a workflow task timed out while a signal was buffered",
  "a transient workflow task was completed",
  "a signal was buffered",
  "a buffered event got its ID",
  "a closing command met news",
  "an activity failed and was retried",
  "an activity failed for good",
  "an activity timed out",
  "an activity missed its heartbeat",
  "an activity was cancelled",
  "heartbeat details reached the next attempt",
  "an activity was paused",
  "an activity was unpaused",
  "an activity was reset",
  "options of an activity were changed",
  "options of an activity were restored",
  "a worker learnt of a pause",
  "a worker learnt of a reset",
  "a reset attempt was handed out again",
  "a timer was cancelled",
  "a timer fired after a crash",
  "a workflow was asked to cancel",
  "a workflow was terminated while a worker held its task",
  "a workflow continued as new",
  "a workflow ID was used again",
  "a query was answered",
  "a parent learnt the end of its child",
  "a child's ID was taken",
  "a child was terminated with its parent",
  "a child was asked to cancel with its parent",
  "a child was abandoned",
  "a workflow signalled another",
  "a repeated signal met a closed run",
  "an update was completed",
  "an update was completed after it was accepted",
  "an update was rejected",
  "a workflow was reset",
  "a closed workflow was reset",
  "a reset took signals over",
  "a workflow was paused",
  "a paused workflow went on",
] as const;

/** The name of a situation. */
export type CoveragePoint = (typeof COVERAGE_POINTS)[number];

/** The situations that none of the given simulations met. */
export function missingPoints(covered: ReadonlySet<CoveragePoint>): readonly CoveragePoint[] {
  return COVERAGE_POINTS.filter((point) => !covered.has(point));
}
