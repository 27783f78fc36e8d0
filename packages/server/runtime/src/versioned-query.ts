import { type RunState, taskDirective, taskQueueName } from "@perdure/engine";
import { FailedPreconditionError } from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import { WorkerDeploymentVersionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { versionedQueue } from "./routing/versioned-queue.js";
import type { WorkflowHost } from "./workflow-host.js";

/** How long after its last poll a queue counts as one without workers, milliseconds. */
const POLLER_WINDOW_MS = 5 * 60_000;

/**
 * The queue whose workers answer a query.
 *
 * @param queue - The run's normal queue.
 * @throws {FailedPreconditionError} The run is pinned to a version that is drained and has no
 *   workers any more.
 */
export function queryQueue(host: WorkflowHost, run: RunState, queue: QueueKey): QueueKey {
  const { router } = host.deps;
  const directive = taskDirective(run);
  if (router === undefined) return queue;
  const version = directive?.isPinned === true ? directive.version : undefined;
  if (version !== undefined && router.statusOf(queue.namespaceId, version) === DRAINED) {
    const { buildId } = version;
    const hasWorkers = router
      .versions(queue)
      .map((each) => versionedQueue(queue, each))
      .some((place) => host.dispatcher?.hasRecentPoller(place, POLLER_WINDOW_MS) === true);
    if (!hasWorkers) throw new FailedPreconditionError(drainedText(buildId));
  }
  return router.place(queue, { workflowId: run.workflowId, directive });
}

const { DRAINED } = WorkerDeploymentVersionStatus;

/** Whether the worker that has the run in its cache may answer for it. */
export function mayStickToWorker(host: WorkflowHost, run: RunState): boolean {
  const { router } = host.deps;
  if (router === undefined) return true;
  const { namespaceId, workflowId } = run;
  const queue = { namespaceId, name: taskQueueName(run), taskKind: TaskKind.WORKFLOW };
  return router.mayStick(queue, { workflowId, directive: taskDirective(run) });
}

function drainedText(buildId: string): string {
  return `You are trying to query a closed Workflow that is PINNED to Worker Deployment Version ${buildId}, but ${buildId} is drained and has no pollers to answer the query. Immediately: You can re-deploy Workers in this Deployment Version to take those queries, or you can workflow update-options to change your workflow to AUTO_UPGRADE. For the future: In your infrastructure, consider waiting longer after the last queried timestamp as reported in Describe Deployment before you sunset Workers. Or mark this workflow as AUTO_UPGRADE.`;
}
