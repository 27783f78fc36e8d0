import { payload } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

type Cases = readonly (readonly [rpc: string, request: PlainObject])[];

async function attemptAll(s: Scenario, cases: Cases): Promise<void> {
  for (const [rpc, request] of cases) await s.attempt(rpc, request);
}

/** Requests on worker deployments that are refused. */
export const deploymentErrorScenarios = [
  scenario("deployment-that-is-not-there", async (s) => {
    const deploymentName = s.name("deployment");
    const version = { deploymentName, buildId: "1.0" };
    const deploymentVersion = version;
    await attemptAll(s, [
      ["DescribeWorkerDeployment", { deploymentName }],
      ["DescribeWorkerDeploymentVersion", { deploymentVersion }],
      ["SetWorkerDeploymentCurrentVersion", { ...version }],
      ["SetWorkerDeploymentRampingVersion", { ...version, percentage: 5 }],
      ["SetWorkerDeploymentManager", { deploymentName, self: true }],
      ["DeleteWorkerDeployment", { deploymentName }],
      ["DeleteWorkerDeploymentVersion", { deploymentVersion }],
      ["CreateWorkerDeploymentVersion", { deploymentVersion }],
      [
        "UpdateWorkerDeploymentVersionMetadata",
        { deploymentVersion, upsertEntries: { key: payload(1) } },
      ],
      ["UpdateWorkerDeploymentVersionComputeConfig", { deploymentVersion }],
    ]);
  }),

  scenario("deployment-version-that-is-not-there", async (s) => {
    const deploymentName = s.name("deployment");
    const deploymentVersion = { deploymentName, buildId: "1.0" };
    await s.call("CreateWorkerDeployment", { deploymentName });
    await attemptAll(s, [
      ["DescribeWorkerDeploymentVersion", { deploymentVersion }],
      ["SetWorkerDeploymentCurrentVersion", deploymentVersion],
      ["SetWorkerDeploymentRampingVersion", { ...deploymentVersion, percentage: 5 }],
      ["DeleteWorkerDeploymentVersion", { deploymentVersion }],
      [
        "UpdateWorkerDeploymentVersionMetadata",
        { deploymentVersion, upsertEntries: { key: payload(1) } },
      ],
      ["UpdateWorkerDeploymentVersionComputeConfig", { deploymentVersion }],
      ["DeleteWorkerDeployment", { deploymentName }],
    ]);
  }),

  scenario("deployment-names-that-are-illegal", async (s) => {
    const long = "x".repeat(500);
    for (const deploymentName of ["", "a.b", "a:b", "__a", long]) {
      await attemptAll(s, [
        ["CreateWorkerDeployment", { deploymentName }],
        ["DescribeWorkerDeployment", { deploymentName }],
        ["SetWorkerDeploymentCurrentVersion", { deploymentName, buildId: "1" }],
        ["SetWorkerDeploymentRampingVersion", { deploymentName, buildId: "1", percentage: 1 }],
        ["SetWorkerDeploymentManager", { deploymentName, self: true }],
        ["DeleteWorkerDeployment", { deploymentName }],
        ["CreateWorkerDeploymentVersion", { deploymentVersion: { deploymentName, buildId: "1" } }],
      ]);
    }
    for (const buildId of ["", "__a", long]) {
      const deploymentVersion = { deploymentName: "nobody", buildId };
      const current = { ...deploymentVersion, allowNoPollers: buildId !== "" };
      await attemptAll(s, [
        ["CreateWorkerDeploymentVersion", { deploymentVersion }],
        ["DescribeWorkerDeploymentVersion", { deploymentVersion }],
        ["DeleteWorkerDeploymentVersion", { deploymentVersion }],
        ["SetWorkerDeploymentCurrentVersion", current],
      ]);
    }
  }),

  scenario("deployment-version-texts-that-are-illegal", async (s) => {
    const deploymentName = "nobody";
    for (const version of ["nothing", ".b", "a.", "other.1", "__unversioned__"]) {
      await attemptAll(s, [
        ["DescribeWorkerDeploymentVersion", { version }],
        ["DeleteWorkerDeploymentVersion", { version }],
        ["SetWorkerDeploymentCurrentVersion", { deploymentName, version }],
        ["SetWorkerDeploymentRampingVersion", { deploymentName, version, percentage: 10 }],
      ]);
    }
    for (const percentage of [-1, 101]) {
      const ramp = { deploymentName, buildId: "1", percentage };
      await s.attempt("SetWorkerDeploymentRampingVersion", ramp);
    }
    await s.attempt("DescribeWorkerDeploymentVersion", {});
    await s.attempt("SetWorkerDeploymentManager", { deploymentName, identity: "" });
  }),

  scenario("deployment-options-that-are-illegal", async (s) => {
    const queue = { name: s.name("queue") };
    const mode = "WORKER_VERSIONING_MODE_VERSIONED";
    const poll = async (options: PlainObject, fields: PlainObject = {}): Promise<void> => {
      const deploymentOptions = { workerVersioningMode: mode, ...options };
      const request = { taskQueue: queue, deploymentOptions, ...fields };
      await s.attempt("PollWorkflowTaskQueue", request, { deadlineMs: 2500 });
      await s.attempt("PollActivityTaskQueue", request, { deadlineMs: 2500 });
    };
    await poll({});
    await poll({ deploymentName: "a" });
    await poll({ buildId: "1" });
    await poll({ deploymentName: "a.b", buildId: "1" });
    await poll({ deploymentName: "__a", buildId: "1" });
    await poll({ deploymentName: "a", buildId: "__1" });
    const kind = "TASK_QUEUE_KIND_STICKY";
    await poll({ deploymentName: "a", buildId: "1" }, { taskQueue: { ...queue, kind } });
    const useVersioning = { useVersioning: true };
    await poll({}, { deploymentOptions: {}, workerVersionCapabilities: useVersioning });
  }),

  scenario("old-versioning-requests", async (s) => {
    const taskQueue = s.name("queue");
    await attemptAll(s, [
      ["GetWorkerBuildIdCompatibility", { taskQueue }],
      ["UpdateWorkerBuildIdCompatibility", { taskQueue, addNewBuildIdInNewDefaultSet: "1" }],
      ["GetWorkerVersioningRules", { taskQueue }],
      ["UpdateWorkerVersioningRules", { taskQueue }],
      ["GetWorkerTaskReachability", { buildIds: ["1"] }],
      ["DescribeDeployment", { deployment: { seriesName: "a", buildId: "1" } }],
      ["ListDeployments", {}],
      ["GetDeploymentReachability", { deployment: { seriesName: "a", buildId: "1" } }],
      ["GetCurrentDeployment", { seriesName: "a" }],
      ["SetCurrentDeployment", { deployment: { seriesName: "a", buildId: "1" } }],
    ]);
  }),
];
