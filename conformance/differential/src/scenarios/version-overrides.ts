import { completeWorkflow } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { signal } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";
import {
  AUTO_UPGRADE,
  deploy,
  nothingFor,
  PINNED,
  registerActivities,
  setCurrent,
  type Version,
  workAs,
} from "./versioned-workers.js";

function pinnedTo(version: Version): PlainObject {
  const behavior = "PINNED_OVERRIDE_BEHAVIOR_PINNED";
  return { versioningOverride: { pinned: { behavior, version: { ...version } } } };
}

async function change(s: Scenario, run: WorkflowRef, options: PlainObject): Promise<void> {
  await s.attempt("UpdateWorkflowExecutionOptions", {
    workflowExecution: { ...run },
    workflowExecutionOptions: options,
    updateMask: { paths: ["versioning_override"] },
  });
}

/** Users that say to which version a workflow belongs. */
export const versionOverrideScenarios = [
  scenario("version-override-at-start", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue }, ...pinnedTo(two) });
    await s.describe(run);
    await nothingFor(s, queue, one);
    await workAs(s, queue, { version: two, behavior: AUTO_UPGRADE });
    await s.describe(run);
    await signal(s, run, "go");
    await workAs(s, queue, {
      version: two,
      behavior: AUTO_UPGRADE,
      commands: [completeWorkflow()],
    });
    await s.closedHistory(run);
  }),

  scenario("version-override-that-comes-later", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    await workAs(s, queue, { version: one, behavior: AUTO_UPGRADE });
    await signal(s, run, "go");
    await change(s, run, pinnedTo(two));
    await s.describe(run);
    await workAs(s, queue, { version: two, behavior: PINNED });
    await change(s, run, {});
    await s.describe(run);
    await change(s, run, { versioningOverride: { autoUpgrade: true } });
    await s.describe(run);
    await signal(s, run, "go");
    await workAs(s, queue, { version: one, behavior: PINNED, commands: [completeWorkflow()] });
    await s.closedHistory(run);
    await s.describe(run);
  }),

  scenario("version-override-for-one-move", async (s) => {
    const queue = s.name("queue");
    const [one, two] = await deploy(s, queue, ["1.0", "2.0"]);
    if (one === undefined || two === undefined) return;
    await setCurrent(s, one);
    const run = await s.start({ taskQueue: { name: queue } });
    await workAs(s, queue, { version: one, behavior: PINNED });
    await signal(s, run, "go");
    const oneTime = { targetDeploymentVersion: { ...two } };
    await change(s, run, { versioningOverride: { oneTime } });
    await s.describe(run);
    await workAs(s, queue, { version: two, behavior: PINNED });
    await s.describe(run);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    await s.history(run);
  }),

  scenario("version-override-that-is-illegal", async (s) => {
    const queue = s.name("queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    const run = await s.start({ taskQueue: { name: queue } });
    const { deploymentName } = one;
    await change(s, run, pinnedTo({ deploymentName, buildId: "9.9" }));
    const behavior = "PINNED_OVERRIDE_BEHAVIOR_PINNED";
    await change(s, run, { versioningOverride: { pinned: { behavior } } });
    const start = s.startRequest({ taskQueue: { name: s.name("other") }, ...pinnedTo(one) });
    await s.attempt("StartWorkflowExecution", start);
    const other = s.name("activities");
    await registerActivities(s, other, [one]);
    const wrong = s.startRequest({ taskQueue: { name: other }, ...pinnedTo(one) });
    await s.attempt("StartWorkflowExecution", wrong);
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("version-override-in-the-older-form", async (s) => {
    const queue = s.name("queue");
    const [one] = await deploy(s, queue, ["1.0"]);
    if (one === undefined) return;
    const pinnedVersion = `${one.deploymentName}.1.0`;
    const versioningOverride = { behavior: PINNED, pinnedVersion };
    const run = await s.start({ taskQueue: { name: queue }, versioningOverride });
    await s.describe(run);
    await workAs(s, queue, { version: one, behavior: PINNED, commands: [completeWorkflow()] });
    await s.closedHistory(run);
  }),
];
