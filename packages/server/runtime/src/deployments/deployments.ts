import {
  AUTO_CREATED,
  changeMetadata,
  checkDeletable,
  createVersion,
  type DeploymentState,
  deleteVersion,
  isReactivated,
  isRegistered,
  isTokenCurrent,
  type MetadataChange,
  type NewVersion,
  type Registration,
  reactivateVersion,
  registerWorker,
  setCurrent,
  setManager,
  setRamping,
  type VersionDeletion,
  type VersionName,
} from "@perdure/engine";
import { AlreadyExistsError } from "@perdure/kernel";
import { EntityKind, type QueueKey, type VisibilityRow } from "@perdure/persistence";
import { EntityHost } from "../entities/entity-host.js";
import type { EntityHostDeps } from "../entities/entity-stepper.js";
import type { HostedKind } from "../hosted-kinds.js";
import { queueTypeOf } from "../routing/deployment-directory.js";
import type { Waker } from "../waker.js";
import { DeploymentEffects } from "./deployment-effects.js";
import { deploymentLogic } from "./deployment-logic.js";
import {
  type DeploymentChange,
  type DeploymentDeps,
  type DeploymentMatching,
  DeploymentSteps,
  type DeploymentTarget,
} from "./deployment-steps.js";

/** A wish to change the routing of a deployment. */
export interface RoutingRequest {
  readonly identity: string;
  readonly conflictToken: Uint8Array;
  readonly ignoresMissingQueues: boolean;
  readonly allowsNoPollers: boolean;
}

/** Worker deployments: everything that requests and polls do with them, and what time brings. */
export class Deployments implements HostedKind {
  readonly kind = EntityKind.WORKER_DEPLOYMENT;
  readonly #entities: EntityHost<DeploymentState>;
  readonly #deps: DeploymentDeps;
  readonly #steps: DeploymentSteps;

  constructor(deps: EntityHostDeps, outside: DeploymentDeps) {
    this.#deps = outside;
    this.#entities = new EntityHost(deps, deploymentLogic(outside.limits));
    const effects = new DeploymentEffects(this.#entities, {
      host: outside.host,
      directory: outside.directory,
      router: outside.router,
      offer: (task) => this.#steps.matching?.offer(task),
    });
    this.#entities.connect({ effects });
    this.#steps = new DeploymentSteps(this.#entities, outside);
  }

  /** Connects the task queues, before anything is asked. */
  connect(matching: DeploymentMatching): void {
    this.#steps.matching = matching;
  }

  /** Reads the deployments of namespaces into the directory, before any task is routed. */
  load(namespaceIds: Iterable<string>): Promise<void> {
    return this.#steps.load(namespaceIds);
  }

  get waker(): Waker {
    return this.#entities.waker;
  }

  stop(): void {
    this.#entities.stop();
  }

  async removeAny(namespaceId: string, rows: readonly VisibilityRow[]): Promise<void> {
    for (const { workflowId: id } of rows) await this.#steps.remove({ namespaceId, id });
  }

  /** @throws {NotFoundError} No such deployment. */
  read(target: DeploymentTarget): Promise<DeploymentState> {
    return this.#steps.read(target);
  }

  /** Whether a queue has workers of a version, as far as is durable. */
  isMember(queue: QueueKey, version: VersionName): boolean {
    return this.#deps.directory.isMember(queue, version);
  }

  /**
   * Notes that a worker of a version polls a queue, once that is durable.
   *
   * @throws {ResourceExhaustedError} There are too many deployments, versions or queues.
   */
  async register(target: DeploymentTarget, registration: Registration): Promise<void> {
    const known = this.#deps.directory.state(target.namespaceId, target.id);
    if (known !== undefined && isRegistered(known, registration)) return;
    const createRequestId = `${AUTO_CREATED}${this.#entities.newId()}`;
    await this.#steps.ensure(target, { createRequestId, lastModifierIdentity: "" });
    await this.#steps.change(target, (state, environment) =>
      registerWorker(state, registration, environment),
    );
  }

  /**
   * Makes a deployment; a repeated request finds the one that it made.
   *
   * @throws {AlreadyExistsError} There is such a deployment.
   * @throws {ResourceExhaustedError} There are too many deployments.
   */
  async create(
    target: DeploymentTarget,
    made: { readonly identity: string; readonly requestId: string },
  ): Promise<DeploymentState> {
    const { requestId: createRequestId, identity: lastModifierIdentity } = made;
    const state = await this.#steps.ensure(target, { createRequestId, lastModifierIdentity });
    const known = state.header.createRequestId;
    if (known === createRequestId) return state;
    const how = known.startsWith(AUTO_CREATED) ? " (auto-created from worker polls)" : "";
    throw new AlreadyExistsError(`Worker Deployment with name "${target.id}" already exists${how}`);
  }

  /** Errors as `createVersion` of the engine. @throws {NotFoundError} No such deployment. */
  async createVersion(target: DeploymentTarget, made: NewVersion): Promise<void> {
    await this.#steps.change(target, (state, environment) =>
      createVersion(state, made, environment),
    );
  }

  /** Errors as `setCurrent` of the engine. @throws {NotFoundError} No such deployment. */
  async setCurrent(
    target: DeploymentTarget,
    request: RoutingRequest & { readonly buildId: string },
  ): Promise<DeploymentChange> {
    const { buildId, identity } = request;
    const shared = await this.#prepare(target, request, buildId);
    return this.#steps.change(target, (state, environment) =>
      setCurrent(state, { ...shared(state), buildId, identity }, environment),
    );
  }

  /** Errors as `setRamping` of the engine. @throws {NotFoundError} No such deployment. */
  async setRamping(
    target: DeploymentTarget,
    request: RoutingRequest & { readonly buildId: string | undefined; readonly percentage: number },
  ): Promise<DeploymentChange> {
    const { buildId, percentage, identity } = request;
    const shared = await this.#prepare(target, request, buildId ?? "");
    return this.#steps.change(target, (state, environment) =>
      setRamping(state, { ...shared(state), buildId, percentage, identity }, environment),
    );
  }

  async #prepare(target: DeploymentTarget, request: RoutingRequest, buildId: string) {
    const { allowsNoPollers, conflictToken } = request;
    if (allowsNoPollers) {
      const createRequestId = this.#entities.newId();
      await this.#steps.ensure(target, { createRequestId, lastModifierIdentity: "" });
    }
    const isMissingQueues = request.ignoresMissingQueues
      ? false
      : await this.#steps.losesQueues(await this.read(target), buildId);
    return (state: DeploymentState) => ({
      allowsNoPollers,
      isMissingQueues,
      isTokenCurrent: isTokenCurrent(state, conflictToken),
    });
  }

  /** Errors as `setManager` of the engine. @throws {NotFoundError} No such deployment. */
  async setManager(
    target: DeploymentTarget,
    request: {
      readonly identity: string;
      readonly managerIdentity: string;
      readonly conflictToken: Uint8Array;
    },
  ): Promise<DeploymentChange> {
    return this.#steps.change(target, (state) =>
      setManager(state, {
        identity: request.identity,
        managerIdentity: request.managerIdentity,
        isTokenCurrent: isTokenCurrent(state, request.conflictToken),
      }),
    );
  }

  /** Errors as `deleteVersion` of the engine. @throws {NotFoundError} No such deployment. */
  async deleteVersion(target: DeploymentTarget, deletion: VersionDeletion): Promise<void> {
    await this.#steps.change(target, (state, environment) =>
      deleteVersion(state, deletion, environment),
    );
  }

  /** Deletes a deployment, if there is one. Errors as `checkDeletable` of the engine. */
  async delete(target: DeploymentTarget): Promise<void> {
    const state = await this.#steps.find(target);
    if (state === undefined) return;
    checkDeletable(state);
    await this.#steps.remove(target);
  }

  /** Errors as `changeMetadata` of the engine. @throws {NotFoundError} No such deployment. */
  async changeMetadata(
    target: DeploymentTarget,
    buildId: string,
    change: MetadataChange,
  ): Promise<DeploymentState> {
    const { after } = await this.#steps.change(target, (state) =>
      changeMetadata(state, buildId, change),
    );
    return after;
  }

  /** As `register`, for a queue of any kind of tasks. */
  registerWorker(queue: QueueKey, version: VersionName): Promise<void> {
    const { namespaceId, name: queueName, taskKind } = queue;
    const { deploymentName: id, buildId } = version;
    const queueType = queueTypeOf(taskKind);
    return this.register({ namespaceId, id }, { buildId, queueName, queueType });
  }

  /**
   * Notes that a workflow is pinned to a version, which may have had none any more. Nobody waits
   * for it: the version is looked at again in any case.
   */
  noteUseSoon(namespaceId: string, version: VersionName): void {
    this.#noteUse(namespaceId, version).catch((error: unknown) => {
      const fields = { error, ...version };
      this.#entities.deps.logger.log("warn", "A version was not told of its use", fields);
    });
  }

  async #noteUse(namespaceId: string, version: VersionName): Promise<void> {
    const { deploymentName: id, buildId } = version;
    const known = this.#deps.directory.state(namespaceId, id);
    if (known === undefined || !isReactivated(known, buildId)) return;
    await this.#steps.change({ namespaceId, id }, (state, { nowMs }) =>
      reactivateVersion(state, buildId, nowMs),
    );
  }
}
