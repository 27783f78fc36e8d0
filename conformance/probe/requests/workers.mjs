/** Workers, task queues and every generation of worker versioning. */
import { step } from "./step.mjs";

const name = "probe-queue";
const workerInstanceKey = "probe-worker";
const workerHeartbeat = { workerInstanceKey, taskQueue: name, workerIdentity: "probe" };
const selector = { workerInstanceKey };
const deployment = { seriesName: "probe-series", buildId: "probe-build" };
const deploymentName = "probe-deployment";
const buildId = "probe-build";
const deploymentVersion = { deploymentName, buildId };

export const workerSteps = [
  step("DescribeTaskQueue", { taskQueue: { name } }),
  step("ListTaskQueuePartitions", { taskQueue: { name } }),
  step("UpdateTaskQueueConfig", {
    taskQueue: name,
    taskQueueType: "TASK_QUEUE_TYPE_ACTIVITY",
    updateQueueRateLimit: { rateLimit: { requestsPerSecond: 100 }, reason: "probed" },
  }),
  step("RecordWorkerHeartbeat", { workerHeartbeat: [workerHeartbeat] }),
  step("ListWorkers", {}),
  step("CountWorkers", {}),
  step("DescribeWorker", { workerInstanceKey }),
  step("FetchWorkerConfig", { selector }),
  step("UpdateWorkerConfig", {
    selector,
    workerConfig: { workflowCacheSize: 10 },
    updateMask: { paths: ["workflow_cache_size"] },
  }),
  step("ShutdownWorker", { stickyTaskQueue: "probe-sticky", reason: "probed" }),
  step("UpdateWorkerBuildIdCompatibility", {
    taskQueue: name,
    addNewBuildIdInNewDefaultSet: buildId,
  }),
  step("GetWorkerBuildIdCompatibility", { taskQueue: name }),
  step("UpdateWorkerVersioningRules", {
    taskQueue: name,
    insertAssignmentRule: { rule: { targetBuildId: buildId } },
  }),
  step("GetWorkerVersioningRules", { taskQueue: name }),
  step("GetWorkerTaskReachability", { buildIds: [buildId], taskQueues: [name] }),
  step("DescribeDeployment", { deployment }),
  step("ListDeployments", {}),
  step("GetDeploymentReachability", { deployment }),
  step("GetCurrentDeployment", { seriesName: deployment.seriesName }),
  step("SetCurrentDeployment", { deployment }),
  step("CreateWorkerDeployment", { deploymentName, requestId: "probe" }),
  step("DescribeWorkerDeployment", { deploymentName }),
  step("CreateWorkerDeploymentVersion", { deploymentVersion, requestId: "probe" }),
  step("DescribeWorkerDeploymentVersion", { deploymentVersion }),
  step("ListWorkerDeployments", {}),
  step("UpdateWorkerDeploymentVersionMetadata", {
    deploymentVersion,
    upsertEntries: { probe: { metadata: {}, data: "" } },
  }),
  step("ValidateWorkerDeploymentVersionComputeConfig", { deploymentVersion }),
  step("UpdateWorkerDeploymentVersionComputeConfig", {
    deploymentVersion,
    removeComputeConfigScalingGroups: ["nothing"],
    requestId: "probe",
  }),
  step("SetWorkerDeploymentManager", { deploymentName, self: true }),
  step("SetWorkerDeploymentCurrentVersion", { deploymentName, buildId, allowNoPollers: true }),
  step("SetWorkerDeploymentRampingVersion", {
    deploymentName,
    buildId: "probe-other-build",
    percentage: 5,
    allowNoPollers: true,
  }),
  step("DeleteWorkerDeploymentVersion", { deploymentVersion }),
  step("DeleteWorkerDeployment", { deploymentName }),
];
