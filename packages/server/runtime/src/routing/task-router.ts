import type { IsQueueOfVersion, TaskDirective, VersionName } from "@perdure/engine";
import type { Clock } from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import type { WorkerDeploymentVersionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { DeploymentDirectory } from "./deployment-directory.js";
import { type RoutingTarget, targetOf } from "./queue-routing.js";
import { isSameVersion, versionedQueue } from "./versioned-queue.js";

/** Whose task it is. */
export interface RoutedTask {
  readonly workflowId: string;
  /** `undefined`: the workers of the run have no versions, or it has had none yet. */
  readonly directive: TaskDirective | undefined;
}

/** How long a task counts as one that came lately, milliseconds. */
const RECENT_MS = 30_000;

/** Decides which queue every task goes to: that of a version, or the one that users name. */
export class TaskRouter {
  readonly #directory: DeploymentDirectory;
  readonly #clock: Clock;
  /** When a task last came for a queue of a version. */
  readonly #routedAtMs = new Map<string, number>();

  constructor(directory: DeploymentDirectory, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  /** The queue whose pollers get the task. */
  place(queue: QueueKey, task: RoutedTask): QueueKey {
    const version = this.#versionFor(queue, task);
    if (version === undefined) return queue;
    const place = versionedQueue(queue, version);
    this.#routedAtMs.set(nameOf(place), this.#clock.nowMs());
    return place;
  }

  #versionFor(queue: QueueKey, task: RoutedTask): VersionName | undefined {
    const { directive } = task;
    const routing = this.#directory.routing(queue);
    if (directive?.isPinned === true && directive.version !== undefined) {
      // An activity whose queue has no workers of the version is independent of it.
      const isIndependent =
        queue.taskKind !== TaskKind.WORKFLOW && !this.#directory.isMember(queue, directive.version);
      if (!isIndependent) return directive.version;
    }
    if (routing === undefined) return undefined;
    return targetOf(routing, routed(task)).version;
  }

  /** Where tasks of a workflow that is pinned to no version go; `undefined`: nothing is known. */
  target(queue: QueueKey, task: RoutedTask): RoutingTarget | undefined {
    const routing = this.#directory.routing(queue);
    return routing === undefined ? undefined : targetOf(routing, routed(task));
  }

  /**
   * Whether a worker that has the run in its cache may go on: not when its tasks go to another
   * version by now.
   *
   * @param queue - The run's normal queue.
   */
  mayStick(queue: QueueKey, task: RoutedTask): boolean {
    if (task.directive?.isPinned === true) return true;
    const version = this.target(queue, task)?.version;
    return version === undefined || isSameVersion(version, task.directive?.version);
  }

  /** Tells whether workflow workers of a version have polled a queue; `undefined`: none have. */
  membership(namespaceId: string): IsQueueOfVersion | undefined {
    if (this.#directory.count(namespaceId) === 0) return undefined;
    return (name, version) =>
      this.#directory.isMember({ namespaceId, name, taskKind: TaskKind.WORKFLOW }, version);
  }

  /** The status of a version; `undefined` when there is no such version. */
  statusOf(namespaceId: string, version: VersionName): WorkerDeploymentVersionStatus | undefined {
    const state = this.#directory.state(namespaceId, version.deploymentName);
    return state?.versions.get(version.buildId)?.status;
  }

  /** The versions with workers that have polled a queue. */
  versions(queue: QueueKey): readonly VersionName[] {
    return this.#directory.versions(queue);
  }

  /** Whether a task came lately for a queue of a version. */
  hasRecentTask(queue: QueueKey, version: VersionName): boolean {
    const atMs = this.#routedAtMs.get(nameOf(versionedQueue(queue, version)));
    return atMs !== undefined && this.#clock.nowMs() - atMs < RECENT_MS;
  }

  /** Forgets when tasks came for a queue. */
  forget(queue: QueueKey, version: VersionName): void {
    this.#routedAtMs.delete(nameOf(versionedQueue(queue, version)));
  }
}

function routed({ workflowId, directive }: RoutedTask): {
  readonly workflowId: string;
  readonly usesRamping: boolean;
} {
  return { workflowId, usesRamping: directive?.usesRamping === true };
}

function nameOf({ namespaceId, taskKind, name }: QueueKey): string {
  return `${namespaceId}/${taskKind}/${name}`;
}
