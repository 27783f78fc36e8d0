import { type DeploymentState, hasQueue, type VersionName } from "@perdure/engine";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import { TaskQueueType } from "@perdure/proto/temporal/api/enums/v1";
import { nameOf, type QueueRouting, routingOf } from "./queue-routing.js";

/** What is known of a namespace that has worker deployments. */
interface NamespaceDeployments {
  readonly states: Map<string, DeploymentState>;
  /** By kind and name of the queue. */
  readonly routings: Map<string, QueueRouting>;
}

/** The task queue type of a kind of tasks. */
export function queueTypeOf(kind: TaskKind): TaskQueueType {
  if (kind === TaskKind.NEXUS) return TaskQueueType.NEXUS;
  return kind === TaskKind.WORKFLOW ? TaskQueueType.WORKFLOW : TaskQueueType.ACTIVITY;
}

/**
 * The worker deployments of all namespaces, in memory: what tasks and polls are routed by. It has
 * what is durable, and is asked for every task, so namespaces without deployments cost one look.
 */
export class DeploymentDirectory {
  readonly #namespaces = new Map<string, NamespaceDeployments>();

  /** The routing of a queue that workers of some version have polled. */
  routing(queue: QueueKey): QueueRouting | undefined {
    const known = this.#namespaces.get(queue.namespaceId);
    if (known === undefined) return undefined;
    return known.routings.get(queueName(queueTypeOf(queue.taskKind), queue.name));
  }

  /** Whether workers of a version have polled a queue. */
  isMember(queue: QueueKey, version: VersionName): boolean {
    return this.routing(queue)?.versions.has(nameOf(version)) === true;
  }

  /** The versions with workers that have polled a queue. */
  versions(queue: QueueKey): readonly VersionName[] {
    const type = queueTypeOf(queue.taskKind);
    const states = this.#namespaces.get(queue.namespaceId)?.states.values() ?? [];
    return [...states].flatMap((state) =>
      [...state.versions.values()]
        .filter((version) => hasQueue(version, queue.name, type))
        .map(({ buildId }) => ({ deploymentName: state.identity.id, buildId })),
    );
  }

  state(namespaceId: string, deploymentName: string): DeploymentState | undefined {
    return this.#namespaces.get(namespaceId)?.states.get(deploymentName);
  }

  /** How many deployments a namespace has. */
  count(namespaceId: string): number {
    return this.#namespaces.get(namespaceId)?.states.size ?? 0;
  }

  /** Takes over the durable state of a deployment. */
  put(state: DeploymentState): void {
    const { namespaceId, id } = state.identity;
    const known = this.#namespaces.get(namespaceId) ?? { states: new Map(), routings: new Map() };
    this.#namespaces.set(namespaceId, known);
    const before = known.states.get(id);
    known.states.set(id, state);
    refresh(known, new Set([...queueNamesOf(before), ...queueNamesOf(state)]));
  }

  /** Forgets a deployment that was deleted. */
  delete(namespaceId: string, deploymentName: string): void {
    const known = this.#namespaces.get(namespaceId);
    const before = known?.states.get(deploymentName);
    if (known === undefined || before === undefined) return;
    known.states.delete(deploymentName);
    refresh(known, new Set(queueNamesOf(before)));
    if (known.states.size === 0) this.#namespaces.delete(namespaceId);
  }
}

function refresh(known: NamespaceDeployments, names: ReadonlySet<string>): void {
  const states = [...known.states.values()];
  for (const name of names) {
    const versions = new Set<string>();
    const members = states.filter((state) => {
      const own = membersOf(state, name);
      for (const version of own) versions.add(version);
      return own.length > 0;
    });
    if (versions.size === 0) known.routings.delete(name);
    else known.routings.set(name, routingOf(members, versions));
  }
}

function membersOf(state: DeploymentState, name: string): readonly string[] {
  return [...state.versions.values()]
    .filter((version) => version.queues.some((queue) => queueName(queue.type, queue.name) === name))
    .map(({ buildId }) => nameOf({ deploymentName: state.identity.id, buildId }));
}

function queueNamesOf(state: DeploymentState | undefined): readonly string[] {
  return [...(state?.versions.values() ?? [])].flatMap(({ queues }) =>
    queues.map(({ name, type }) => queueName(type, name)),
  );
}

function queueName(type: TaskQueueType, name: string): string {
  return `${type}/${name}`;
}
