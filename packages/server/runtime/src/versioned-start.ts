import {
  isInTransition,
  moveForActivity,
  type RunState,
  type StartVersioning,
  Step,
  taskDirective,
  taskQueueName,
} from "@perdure/engine";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import type { PollerInfo } from "./dispatch.js";
import type { LoadedRun } from "./loaded-run.js";
import { isSameVersion, logicalQueue } from "./routing/versioned-queue.js";
import type { WorkflowHost } from "./workflow-host.js";

/** What the start of a task that waited must know of versions; `undefined` when there are none. */
export function queuedVersioning(
  host: WorkflowHost,
  run: RunState,
  { queue, poller }: { readonly queue: QueueKey; readonly poller: PollerInfo },
): StartVersioning | undefined {
  const { router } = host.deps;
  const directive = taskDirective(run);
  const { version: worker } = poller;
  if (router === undefined || (worker === undefined && directive === undefined)) return undefined;
  const { workflowId } = run;
  const normal = { ...queue, name: taskQueueName(run), taskKind: TaskKind.WORKFLOW };
  const target = router.target(normal, { workflowId, directive });
  return { worker, target: target ?? { version: undefined, revision: 0 } };
}

/** The queue that a task which waits in one belongs to now; a sticky queue stays as it is. */
export function placeOf(host: WorkflowHost, run: RunState, queue: QueueKey): QueueKey {
  const { router } = host.deps;
  const { name } = logicalQueue(queue.name);
  if (router === undefined || name === run.workflowTask?.stickyQueue) return queue;
  const { workflowId } = run;
  return router.place({ ...queue, name }, { workflowId, directive: taskDirective(run) });
}

/** Whether the routing has changed since a task was put into its queue. */
export function isMisplaced(host: WorkflowHost, run: RunState, queue: QueueKey): boolean {
  return placeOf(host, run, queue).name !== queue.name;
}

/**
 * Whether a worker may have an activity now. The activities of a run that moves to another version
 * wait until it is there, and one that would go there before its workflow makes it move.
 */
export function mayRunActivity(
  host: WorkflowHost,
  run: LoadedRun,
  versioning: StartVersioning | undefined,
): boolean {
  if (isInTransition(run.state)) return false;
  if (versioning === undefined) return true;
  const directive = taskDirective(run.state);
  const { worker, target } = versioning;
  if (directive?.isPinned === true || isSameVersion(worker, directive?.version)) return true;
  // Of another deployment, or of a queue that the workflow has nothing to do with.
  if (!isSameVersion(worker, target.version)) return true;
  const { namespaceId, workflowId } = run.state;
  const step = new Step(run.state, host.environment(namespaceId));
  moveForActivity(step, versioning);
  host.apply(host.slot(namespaceId, workflowId), run, step.finish());
  return false;
}
