import { payload } from "../commands.js";
import { scenario } from "../scenario.js";
import { pickBytes, pickList } from "../wire/plain.js";
import {
  deploy,
  register,
  registerActivities,
  routed,
  setCurrent,
  setRamping,
} from "./versioned-workers.js";

/** Worker deployments and their versions as things to be looked at and changed. */
export const deploymentScenarios = [
  scenario("deployment-of-a-poller", async (s) => {
    const queue = s.name("queue");
    const [version] = await deploy(s, queue, ["1.0"]);
    if (version === undefined) return;
    const { deploymentName } = version;
    await s.call("DescribeWorkerDeployment", { deploymentName });
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...version } });
    await s.call("DescribeWorkerDeploymentVersion", { version: `${deploymentName}.1.0` });
    await registerActivities(s, queue, [version]);
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...version } });
  }),

  scenario("deployment-current-version", async (s) => {
    const [one, two] = await deploy(s, s.name("queue"), ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    const { deploymentName } = one;
    await setCurrent(s, one);
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...one } });
    await setCurrent(s, one, { identity: "differential" });
    await setCurrent(s, two, { identity: "another" });
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...one } });
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...two } });
    await s.call("SetWorkerDeploymentCurrentVersion", { deploymentName });
    await routed(s, deploymentName);
  }),

  scenario("deployment-ramping-version", async (s) => {
    const [one, two] = await deploy(s, s.name("queue"), ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    const { deploymentName } = one;
    await setCurrent(s, one);
    await setRamping(s, two, 30);
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...two } });
    await setRamping(s, two, 60);
    await s.attempt("SetWorkerDeploymentRampingVersion", { ...one, percentage: 10 });
    await s.call("SetWorkerDeploymentRampingVersion", { deploymentName });
    await routed(s, deploymentName);
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: { ...two } });
    await s.call("SetWorkerDeploymentRampingVersion", { deploymentName, percentage: 20 });
    await routed(s, deploymentName);
    await setRamping(s, two, 100);
    await setCurrent(s, two);
  }),

  scenario("deployment-conflict-tokens", async (s) => {
    const [one, two] = await deploy(s, s.name("queue"), ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    const { deploymentName } = one;
    const first = await s.call("DescribeWorkerDeployment", { deploymentName });
    const conflictToken = pickBytes(first, "conflictToken");
    await setCurrent(s, one, { conflictToken });
    await s.attempt("SetWorkerDeploymentCurrentVersion", { ...two, conflictToken });
    await s.attempt("SetWorkerDeploymentRampingVersion", { ...two, percentage: 5, conflictToken });
    const manager = { deploymentName, managerIdentity: "boss", conflictToken };
    await s.attempt("SetWorkerDeploymentManager", manager);
    const second = await s.call("DescribeWorkerDeployment", { deploymentName });
    const latest = pickBytes(second, "conflictToken");
    await setCurrent(s, two, { conflictToken: latest });
  }),

  scenario("deployment-manager", async (s) => {
    const [one] = await deploy(s, s.name("queue"), ["1.0"]);
    if (one === undefined) return;
    const { deploymentName } = one;
    const manager = { deploymentName, managerIdentity: "boss" };
    await s.call("SetWorkerDeploymentManager", manager);
    await s.call("SetWorkerDeploymentManager", manager, { label: "again" });
    await s.attempt("SetWorkerDeploymentCurrentVersion", { ...one });
    await s.attempt("SetWorkerDeploymentRampingVersion", { ...one, percentage: 5 });
    await s.attempt("DeleteWorkerDeploymentVersion", { deploymentVersion: { ...one } });
    await setCurrent(s, one, { identity: "boss" });
    await s.call("SetWorkerDeploymentManager", { deploymentName, self: true });
    await s.call("SetWorkerDeploymentManager", { deploymentName, managerIdentity: "" });
    await s.call("DescribeWorkerDeployment", { deploymentName });
  }),

  scenario("deployment-version-metadata", async (s) => {
    const [one] = await deploy(s, s.name("queue"), ["1.0"]);
    if (one === undefined) return;
    const deploymentVersion = { ...one };
    const change = async (fields: object): Promise<void> => {
      const request = { deploymentVersion, ...fields };
      await s.attempt("UpdateWorkerDeploymentVersionMetadata", request);
    };
    await change({ removeEntries: ["none"] });
    await change({ upsertEntries: { color: payload("red"), size: payload(3) } });
    await change({ upsertEntries: { color: payload("blue") }, removeEntries: ["size"] });
    await change({ removeEntries: ["color"] });
    await change({});
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion });
  }),

  scenario("deployment-made-by-a-user", async (s) => {
    const deploymentName = s.name("deployment");
    const requestId = s.uuid("create-request");
    const create = { deploymentName, requestId };
    await s.call("CreateWorkerDeployment", create);
    await s.call("CreateWorkerDeployment", create, { label: "again" });
    await s.attempt("CreateWorkerDeployment", { ...create, requestId: s.uuid("other-request") });
    await s.call("DescribeWorkerDeployment", { deploymentName });
    const deploymentVersion = { deploymentName, buildId: "1.0" };
    const version = { deploymentVersion, requestId: s.uuid("version-request") };
    await s.call("CreateWorkerDeploymentVersion", version);
    await s.call("CreateWorkerDeploymentVersion", version, { label: "again" });
    await s.attempt("CreateWorkerDeploymentVersion", {
      ...version,
      requestId: s.uuid("other-version-request"),
    });
    await s.call("DescribeWorkerDeployment", { deploymentName });
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion });
    await s.attempt("DeleteWorkerDeployment", { deploymentName });
    await register(s, s.name("queue"), [deploymentVersion]);
    await s.call("DescribeWorkerDeployment", { deploymentName });
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion });
  }),

  scenario("deployment-delete", async (s) => {
    const deploymentName = s.name("deployment");
    await s.call("CreateWorkerDeployment", { deploymentName, requestId: s.uuid("create") });
    const deploymentVersion = { deploymentName, buildId: "1.0" };
    const version = { deploymentVersion, requestId: s.uuid("version") };
    await s.call("CreateWorkerDeploymentVersion", version);
    await s.attempt("DeleteWorkerDeployment", { deploymentName });
    await s.call("DeleteWorkerDeploymentVersion", { deploymentVersion });
    await s.attempt("DescribeWorkerDeploymentVersion", { deploymentVersion });
    await s.call("DeleteWorkerDeploymentVersion", { deploymentVersion }, { label: "again" });
    await s.call("DescribeWorkerDeployment", { deploymentName });
    await s.call("DeleteWorkerDeployment", { deploymentName });
    await s.attempt("DescribeWorkerDeployment", { deploymentName });
    await s.call("DeleteWorkerDeployment", { deploymentName }, { label: "again" });
  }),

  scenario("deployment-delete-in-use", async (s) => {
    const [one, two] = await deploy(s, s.name("queue"), ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    const remove = async (version: object, fields: object = {}): Promise<void> => {
      const request = { deploymentVersion: { ...version }, ...fields };
      await s.attempt("DeleteWorkerDeploymentVersion", request);
    };
    await remove(two);
    await setCurrent(s, one);
    await remove(one);
    await setRamping(s, two, 10);
    await remove(two);
    await setCurrent(s, two);
    await remove(one);
    await remove(one, { skipDrainage: true });
  }),

  scenario("deployment-without-pollers", async (s) => {
    const deploymentName = s.name("deployment");
    const one = { deploymentName, buildId: "1.0" };
    await s.attempt("SetWorkerDeploymentCurrentVersion", { ...one });
    await setCurrent(s, one, { allowNoPollers: true });
    const two = { deploymentName, buildId: "2.0" };
    await s.attempt("SetWorkerDeploymentRampingVersion", { ...two, percentage: 1 });
    const ramp = { ...two, percentage: 1, allowNoPollers: true };
    await s.call("SetWorkerDeploymentRampingVersion", ramp);
    await s.call("DescribeWorkerDeploymentVersion", { deploymentVersion: two });
  }),

  scenario("deployment-list", async (s) => {
    const [one] = await deploy(s, s.name("queue"), ["1.0"]);
    if (one === undefined) return;
    await setCurrent(s, one);
    const { deploymentName } = one;
    const own = (response: object): string[] => {
      const all = pickList(response as never, "workerDeployments");
      const found = all.filter((each) => (each as { name?: string }).name === deploymentName);
      return found.map((each) => JSON.stringify(Object.keys(each as object)));
    };
    const request = { pageSize: 1000 };
    await s.settle("ListWorkerDeployments", request, (outcome) =>
      outcome.kind === "response" ? own(outcome.response).length > 0 : false,
    );
    await s.call("ListWorkerDeployments", request, { summary: own });
  }),
];
