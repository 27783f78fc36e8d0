import { type PolledWorkflowTask, type Scenario, ScenarioStoppedError } from "../scenario.js";
import { type PlainObject, pick, pickList, pickText } from "../wire/plain.js";

/** A version of a worker deployment. */
export interface Version {
  readonly deploymentName: string;
  readonly buildId: string;
}

/** How a worker says which version it is. */
export function optionsOf(version: Version): PlainObject {
  return { ...version, workerVersioningMode: "WORKER_VERSIONING_MODE_VERSIONED" };
}

export const PINNED = "VERSIONING_BEHAVIOR_PINNED";
export const AUTO_UPGRADE = "VERSIONING_BEHAVIOR_AUTO_UPGRADE";

/** What a worker of a version adds to the answer of a workflow task. */
export function answerOf(version: Version, versioningBehavior: string): PlainObject {
  return { deploymentOptions: optionsOf(version), versioningBehavior };
}

/**
 * Polls for a moment as a worker of each version, until all are known to their deployments. What
 * the polls come to is left out of the transcript.
 */
export async function register(
  s: Scenario,
  queue: string,
  versions: readonly Version[],
): Promise<void> {
  await registerPollers(s, queue, { versions, rpc: "PollWorkflowTaskQueue" });
}

/** As `register`, for workers of activities. */
export async function registerActivities(
  s: Scenario,
  queue: string,
  versions: readonly Version[],
): Promise<void> {
  await registerPollers(s, queue, { versions, rpc: "PollActivityTaskQueue" });
}

/** How long a worker polls to become known, milliseconds. */
const POLL_MS = 2600;

async function registerPollers(
  s: Scenario,
  queue: string,
  pollers: { readonly versions: readonly Version[]; readonly rpc: string },
): Promise<void> {
  const { versions, rpc } = pollers;
  const polls: Promise<void>[] = [];
  // One after another, so that they are made in this order.
  for (const version of versions) {
    const poll = { taskQueue: { name: queue }, deploymentOptions: optionsOf(version) };
    polls.push(s.quietly(rpc, poll, POLL_MS));
    await known(s, version, rpc);
  }
  // A poll that still waits would take a task.
  await Promise.all(polls);
}

async function known(s: Scenario, version: Version, rpc: string): Promise<void> {
  const type = rpc.includes("Workflow") ? "TASK_QUEUE_TYPE_WORKFLOW" : "TASK_QUEUE_TYPE_ACTIVITY";
  const request = { deploymentVersion: { ...version } };
  const outcome = await s.settle("DescribeWorkerDeploymentVersion", request, (found) => {
    if (found.kind !== "response") return false;
    const queues = pickList(found.response, "workerDeploymentVersionInfo.taskQueueInfos");
    return queues.some((each) => pick(each as PlainObject, "type") === type);
  });
  if (outcome.kind !== "response") throw new ScenarioStoppedError("No version came to be");
}

/** Names a deployment and registers versions of it, by their build IDs. */
export async function deploy(
  s: Scenario,
  queue: string,
  buildIds: readonly string[],
): Promise<readonly Version[]> {
  const deploymentName = s.name("deployment");
  const versions = buildIds.map((buildId) => ({ deploymentName, buildId }));
  await register(s, queue, versions);
  return versions;
}

/** Makes a version current and waits until all task queues know. */
export async function setCurrent(
  s: Scenario,
  version: Version,
  request: PlainObject = {},
): Promise<void> {
  await s.call("SetWorkerDeploymentCurrentVersion", { ...version, ...request });
  await routed(s, version.deploymentName);
}

/** Makes a version ramping and waits until all task queues know. */
export async function setRamping(s: Scenario, version: Version, percentage: number): Promise<void> {
  await s.call("SetWorkerDeploymentRampingVersion", { ...version, percentage });
  await routed(s, version.deploymentName);
}

/** Waits until all task queues know the routing, and shows the deployment. */
export async function routed(s: Scenario, deploymentName: string): Promise<void> {
  await s.settle("DescribeWorkerDeployment", { deploymentName }, (outcome) => {
    if (outcome.kind !== "response") return false;
    const state = pick(outcome.response, "workerDeploymentInfo.routingConfigUpdateState");
    return state === "ROUTING_CONFIG_UPDATE_STATE_COMPLETED";
  });
  await s.call("DescribeWorkerDeployment", { deploymentName });
}

/** Polls for a workflow task as a worker of a version. */
export async function pollAs(
  s: Scenario,
  queue: string,
  version: Version,
): Promise<PolledWorkflowTask> {
  return await s.pollWorkflowTask(queue, { deploymentOptions: optionsOf(version) });
}

/** Polls for a workflow task and answers it, as a worker of a version. */
export async function workAs(
  s: Scenario,
  queue: string,
  worker: {
    readonly version: Version;
    readonly behavior: string;
    readonly commands?: readonly PlainObject[];
  },
): Promise<PolledWorkflowTask> {
  const { commands = [] } = worker;
  const task = await pollAs(s, queue, worker.version);
  await s.completeWorkflowTask(task, commands, answerOf(worker.version, worker.behavior));
  return task;
}

/** Polls as a worker of a version for a task that must not come. */
export async function nothingFor(s: Scenario, queue: string, version: Version): Promise<void> {
  const poll = { taskQueue: { name: queue }, deploymentOptions: optionsOf(version) };
  const options = { label: "nothing comes", deadlineMs: 2500 };
  await s.attempt("PollWorkflowTaskQueue", poll, options);
}

/** Polls for an activity task as a worker of a version; returns its token. */
export async function pollActivityAs(
  s: Scenario,
  queue: string,
  version: Version,
): Promise<string> {
  const poll = { taskQueue: { name: queue }, deploymentOptions: optionsOf(version) };
  const response = await s.call("PollActivityTaskQueue", poll);
  return pickText(response, "activityId");
}
