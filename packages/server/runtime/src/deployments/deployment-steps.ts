import {
  type DeploymentEnvironment,
  type DeploymentState,
  type DeploymentStep,
  deploymentStep,
  missingQueues,
  newDeployment,
  type RunLimits,
} from "@perdure/engine";
import { AlreadyExistsError, NotFoundError, ResourceExhaustedError } from "@perdure/kernel";
import { EntityKind, listIdOf, type QueueKey, TaskKind } from "@perdure/persistence";
import { TaskQueueType } from "@perdure/proto/temporal/api/enums/v1";
import type { Dispatcher } from "../dispatch.js";
import type { EntityHost } from "../entities/entity-host.js";
import type { EntityEnvironment } from "../entities/entity-logic.js";
import type { DeploymentDirectory } from "../routing/deployment-directory.js";
import type { TaskRouter } from "../routing/task-router.js";
import { isSameVersion, versionedQueue } from "../routing/versioned-queue.js";
import type { WorkflowHost } from "../workflow-host.js";

/** Names a worker deployment for a request. */
export interface DeploymentTarget {
  readonly namespaceId: string;
  /** The deployment's name. */
  readonly id: string;
}

/** What deployments need of the rest of the server. */
export interface DeploymentDeps {
  readonly host: WorkflowHost;
  readonly directory: DeploymentDirectory;
  readonly router: TaskRouter;
  readonly limits: RunLimits;
}

/** What deployments need to know of task queues, and where tasks are offered anew. */
export interface DeploymentMatching extends Pick<Dispatcher, "offer"> {
  /** Who polled a queue lately. */
  recentPollers(queue: QueueKey): readonly unknown[];
}

/** The state before and after a change; the same state when nothing changed. */
export interface DeploymentChange {
  readonly before: DeploymentState;
  readonly after: DeploymentState;
}

/** Changes deployments, and keeps the directory up with what is durable. */
export class DeploymentSteps {
  readonly #entities: EntityHost<DeploymentState>;
  readonly #deps: DeploymentDeps;
  matching: DeploymentMatching | undefined;

  constructor(entities: EntityHost<DeploymentState>, deps: DeploymentDeps) {
    this.#entities = entities;
    this.#deps = deps;
  }

  /** Reads the deployments of namespaces into the directory, before any task is routed. */
  async load(namespaceIds: Iterable<string>): Promise<void> {
    const { store } = this.#entities.deps;
    for (const namespaceId of namespaceIds) {
      const listId = listIdOf(namespaceId, EntityKind.WORKER_DEPLOYMENT);
      const query = { namespaceId: listId, filter: undefined, order: [] };
      let cursor: Uint8Array | undefined;
      do {
        const page = await store.listVisibility(query, { cursor, limit: LOADED_ROWS });
        for (const { workflowId: id } of page.rows) {
          const state = await this.#entities.read({ namespaceId, id });
          if (state !== undefined) this.#deps.directory.put(state);
        }
        cursor = page.nextCursor;
      } while (cursor !== undefined);
    }
  }

  /** The durable state; `undefined` when there is no such deployment. */
  find(target: DeploymentTarget): Promise<DeploymentState | undefined> {
    return this.#entities.read(target);
  }

  /** @throws {NotFoundError} No such deployment. */
  async read(target: DeploymentTarget): Promise<DeploymentState> {
    const state = await this.#entities.read(target);
    if (state === undefined) throw noDeployment(target.id);
    return state;
  }

  async remove(target: DeploymentTarget): Promise<void> {
    this.#deps.directory.delete(target.namespaceId, target.id);
    await this.#entities.remove(target);
  }

  /** Whether a queue of the current version that is in use has no workers of the new one. */
  async losesQueues(state: DeploymentState, buildId: string): Promise<boolean> {
    const { namespaceId, id: deploymentName } = state.identity;
    const current = { deploymentName, buildId: state.header.currentBuildId };
    for (const { name, type } of missingQueues(state, buildId)) {
      const queue = { namespaceId, name, taskKind: taskKindOf(type) };
      const routed = this.#deps.directory.routing(queue)?.current;
      if (!isSameVersion(routed, current)) continue;
      if (this.#deps.router.hasRecentTask(queue, current)) return true;
      const page = { after: undefined, limit: 1 };
      const place = versionedQueue(queue, current);
      const waiting = await this.#entities.deps.store.readTasks(place, page);
      if (waiting.length > 0) return true;
    }
    return false;
  }

  /** Applies a change. @throws {NotFoundError} No such deployment. */
  async change(
    target: DeploymentTarget,
    make: (state: DeploymentState, environment: DeploymentEnvironment) => DeploymentStep,
  ): Promise<DeploymentChange> {
    await this.read(target);
    let before: DeploymentState | undefined;
    const after = await this.#entities.step(target, (state, environment) => {
      before = state;
      return make(state, this.#environment(state, environment));
    });
    this.#deps.directory.put(after);
    return { before: before ?? after, after };
  }

  #environment(state: DeploymentState, { nowMs }: EntityEnvironment): DeploymentEnvironment {
    const { namespaceId, id: deploymentName } = state.identity;
    const hasPollers = (buildId: string): boolean =>
      (state.versions.get(buildId)?.queues ?? []).some(({ name, type }) => {
        const queue = { namespaceId, name, taskKind: taskKindOf(type) };
        const place = versionedQueue(queue, { deploymentName, buildId });
        return (this.matching?.recentPollers(place) ?? []).length > 0;
      });
    return { nowMs, limits: this.#deps.limits, hasPollers };
  }

  /** The deployment, which is made if there is none. */
  async ensure(
    target: DeploymentTarget,
    made: { readonly createRequestId: string; readonly lastModifierIdentity: string },
  ): Promise<DeploymentState> {
    const known = await this.#entities.read(target);
    if (known !== undefined) return known;
    const limit = this.#deps.limits.deploymentsMax;
    if (this.#deps.directory.count(target.namespaceId) >= limit) {
      const exhausted = { cause: "WORKER_DEPLOYMENT_LIMITS", scope: "NAMESPACE" } as const;
      throw new ResourceExhaustedError(
        `reached maximum deployments in namespace (${limit})`,
        exhausted,
      );
    }
    const identity = { ...target, runId: this.#entities.newId() };
    try {
      const state = await this.#entities.create(identity, (current, { nowMs }) => {
        if (current !== undefined) throw new AlreadyExistsError("Another request was first");
        return deploymentStep(undefined, newDeployment(identity, made, nowMs));
      });
      this.#deps.directory.put(state);
      return state;
    } catch (error) {
      if (!(error instanceof AlreadyExistsError)) throw error;
      return this.read(target);
    }
  }
}

/** Deployments that are read into the directory at a time. */
const LOADED_ROWS = 100;

function taskKindOf(type: number): TaskKind {
  if (type === TaskQueueType.NEXUS) return TaskKind.NEXUS;
  return type === TaskQueueType.WORKFLOW ? TaskKind.WORKFLOW : TaskKind.ACTIVITY;
}

function noDeployment(name: string): NotFoundError {
  return new NotFoundError(
    `no Worker Deployment found with name '${name}'; does your Worker Deployment have pollers?`,
  );
}
