import type { LeftoverInit, Leftover as StoredLeftover } from "@perdure/proto/perdure/internal/v1";
import { Map as PersistentMap } from "immutable";
import { restoreActivities, snapshotActivity } from "./activity-snapshot.js";
import { restorePeers, snapshotChild } from "./peers-snapshot.js";
import type { RunState } from "./run-state.js";
import type { Leftover } from "./uncommon.js";

/**
 * What a run that closes leaves undone, for those who ask; `undefined` when that is nothing.
 *
 * @param run - The state before the closing event.
 */
export function leftoverOf(run: RunState): Leftover | undefined {
  const { activities, workflowTask } = run;
  const { children } = run.peers;
  // A task that a worker holds fails when the run closes, and one in memory only is gone.
  const isWaiting = workflowTask?.startedEventId === 0 && workflowTask.isSpeculative !== true;
  if (activities.isEmpty() && children.isEmpty() && !isWaiting) return undefined;
  return { activities, children, workflowTask: isWaiting ? workflowTask : undefined };
}

/** What a snapshot keeps of it. */
export function snapshotLeftover(leftover: Leftover | undefined): LeftoverInit | undefined {
  if (leftover === undefined) return undefined;
  return {
    activities: leftover.activities
      .sortBy(({ scheduledEventId }) => scheduledEventId)
      .valueSeq()
      .map(snapshotActivity)
      .toArray(),
    children: leftover.children
      .sortBy(({ initiatedEventId }) => initiatedEventId)
      .valueSeq()
      .map(snapshotChild)
      .toArray(),
    workflowTask: leftover.workflowTask,
  };
}

/** Restores what `snapshotLeftover` kept. */
export function restoreLeftover(stored: StoredLeftover | undefined): Leftover | undefined {
  if (stored === undefined) return undefined;
  const { children } = restorePeers({ children: stored.children, messages: [], farewells: [] });
  return {
    activities: PersistentMap(restoreActivities(stored.activities)),
    children,
    workflowTask: stored.workflowTask,
  };
}
