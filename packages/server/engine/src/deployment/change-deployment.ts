import { AlreadyExistsError, NotFoundError, ResourceExhaustedError } from "@perdure/kernel";
import type { Payload } from "@perdure/proto/temporal/api/common/v1";
import {
  type TaskQueueType,
  WorkerDeploymentVersionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import { versionText } from "../version-name.js";
import { type DeploymentEnvironment, requireToken } from "./change-guards.js";
import { makeRoom } from "./delete-version.js";
import {
  type DeploymentIdentity,
  type DeploymentState,
  type DeploymentStep,
  deploymentStep,
  hasQueue,
  NO_HEADER,
  withHeader,
  withVersion,
} from "./deployment-state.js";

const { CREATED, INACTIVE } = WorkerDeploymentVersionStatus;

/** Begins the request ID of deployments that workers made by polling. */
export const AUTO_CREATED = "_auto_create_";

/** A deployment without versions. */
export function newDeployment(
  identity: DeploymentIdentity,
  made: { readonly createRequestId: string; readonly lastModifierIdentity: string },
  nowMs: number,
): DeploymentState {
  const header = { ...NO_HEADER, ...made, createdAtMs: nowMs, changeNumber: 1 };
  return { identity, header, versions: new Map() };
}

/** A worker of a version that polls a task queue. */
export interface Registration {
  readonly buildId: string;
  readonly queueName: string;
  readonly queueType: TaskQueueType;
}

/** Whether a poll tells the deployment nothing new. */
export function isRegistered(state: DeploymentState, registration: Registration): boolean {
  const version = state.versions.get(registration.buildId);
  if (version === undefined) return false;
  return hasQueue(version, registration.queueName, registration.queueType);
}

/**
 * Notes that workers of a version poll a task queue; makes the version if it is new.
 *
 * @throws {ResourceExhaustedError} There are too many versions or task queues.
 */
export function registerWorker(
  state: DeploymentState,
  registration: Registration,
  environment: DeploymentEnvironment,
): DeploymentStep {
  if (isRegistered(state, registration)) return deploymentStep(state, state);
  const { buildId, queueName: name, queueType: type } = registration;
  const known = addVersion(state, buildId, environment);
  const version = known.versions.get(buildId);
  const queues = version?.queues ?? [];
  const names = new Set(queues.map((queue) => queue.name));
  const namesMax = environment.limits.deploymentQueuesMax;
  if (!names.has(name) && names.size >= namesMax) {
    throw tooMany(
      `cannot add task queue ${name} since maximum number of task queues (${namesMax}) have been registered in deployment`,
    );
  }
  const status = version?.status === CREATED ? INACTIVE : (version?.status ?? INACTIVE);
  const next = withVersion(known, buildId, { status, queues: [...queues, { name, type }] });
  return deploymentStep(state, next);
}

/** A state that has the version. */
export function addVersion(
  state: DeploymentState,
  buildId: string,
  environment: DeploymentEnvironment,
): DeploymentState {
  if (state.versions.has(buildId)) return state;
  const { nowMs } = environment;
  const roomy = makeRoom(state, environment);
  if (roomy === undefined) {
    const text = versionText({ deploymentName: state.identity.id, buildId });
    const versionsMax = environment.limits.deploymentVersionsMax;
    throw tooMany(
      `cannot add version ${text} since maximum number of versions (${versionsMax}) have been registered in the deployment`,
    );
  }
  return withVersion(roomy, buildId, { createdAtMs: nowMs, status: INACTIVE });
}

function tooMany(message: string): ResourceExhaustedError {
  const exhausted = { cause: "WORKER_DEPLOYMENT_LIMITS", scope: "NAMESPACE" } as const;
  return new ResourceExhaustedError(message, exhausted);
}

/** A version that a user makes before any worker of it polls. */
export interface NewVersion {
  readonly buildId: string;
  readonly identity: string;
  readonly requestId: string;
}

/**
 * Makes a version. A repeated request changes nothing.
 *
 * @throws {AlreadyExistsError} There is such a version.
 * @throws {ResourceExhaustedError} There are too many versions.
 */
export function createVersion(
  state: DeploymentState,
  made: NewVersion,
  environment: DeploymentEnvironment,
): DeploymentStep {
  const { buildId, requestId: createRequestId, identity: lastModifierIdentity } = made;
  const known = state.versions.get(buildId);
  if (known !== undefined) {
    if (known.createRequestId === createRequestId) return deploymentStep(state, state);
    const text = versionText({ deploymentName: state.identity.id, buildId });
    throw new AlreadyExistsError(`Worker Deployment Version "${text}" already exists`);
  }
  const added = addVersion(state, buildId, environment);
  const change = { status: CREATED, createRequestId, lastModifierIdentity };
  return deploymentStep(state, withVersion(added, buildId, change));
}

/** Who may change the routing of a deployment besides its manager, if it has one: nobody. */
export interface ManagerChange {
  readonly identity: string;
  /** Empty: nobody manages the deployment. */
  readonly managerIdentity: string;
  /** Whether the conflict token, if there is one, is of the present state. */
  readonly isTokenCurrent: boolean;
}

/**
 * Makes somebody the manager of a deployment.
 *
 * @throws {FailedPreconditionError} Somebody else changed the deployment meanwhile.
 */
export function setManager(state: DeploymentState, change: ManagerChange): DeploymentStep {
  const { header } = state;
  const { identity, managerIdentity } = change;
  const isSame =
    header.managerIdentity === managerIdentity && header.lastModifierIdentity === identity;
  if (isSame) return deploymentStep(state, state);
  requireToken(change.isTokenCurrent);
  const next = withHeader(state, {
    managerIdentity,
    lastModifierIdentity: identity,
    changeNumber: header.changeNumber + 1,
  });
  return deploymentStep(state, next);
}

/** What becomes of the metadata of a version. */
export interface MetadataChange {
  readonly entries: ReadonlyMap<string, Payload>;
  readonly removals: readonly string[];
  readonly identity: string;
}

/**
 * Changes the metadata of a version.
 *
 * @throws {NotFoundError} No such version.
 */
export function changeMetadata(
  state: DeploymentState,
  buildId: string,
  change: MetadataChange,
): DeploymentStep {
  const version = state.versions.get(buildId);
  if (version === undefined) throw new NotFoundError("Worker Deployment Version not found");
  const metadata = new Map(version.metadata);
  for (const [key, payload] of change.entries) metadata.set(key, payload);
  for (const key of change.removals) metadata.delete(key);
  const hasMetadata = version.hasMetadata || change.entries.size > 0;
  const lastModifierIdentity = change.identity;
  return deploymentStep(
    state,
    withVersion(state, buildId, { metadata, hasMetadata, lastModifierIdentity }),
  );
}
