import { completeWorkflow } from "../commands.js";
import { type Scenario, scenario, type WorkflowRef } from "../scenario.js";
import { terminate } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";
import { reset, resetRefused } from "./reset-calls.js";
import { startIdle } from "./update-messages.js";

/** A field mask of one path; empty for none. */
function mask(path: string): PlainObject {
  return { paths: path === "" ? [] : [path] };
}

async function change(
  s: Scenario,
  run: WorkflowRef,
  [options, paths]: readonly [options: PlainObject | undefined, path: string | undefined],
): Promise<void> {
  await s.attempt("UpdateWorkflowExecutionOptions", {
    workflowExecution: { ...run },
    ...(options === undefined ? {} : { workflowExecutionOptions: options }),
    ...(paths === undefined ? {} : { updateMask: mask(paths) }),
  });
}

export const workflowOptionScenarios = [
  scenario("options-priority", async (s) => {
    const { run } = await startIdle(s);
    const priority = { priorityKey: 2, fairnessKey: "f", fairnessWeight: 1.5 };
    await change(s, run, [{ priority }, "priority"]);
    await s.describe(run);
    await change(s, run, [{ priority }, "priority"]);
    await change(s, run, [{ priority: { priorityKey: 4 } }, "priority.priority_key"]);
    await change(s, run, [{ priority: { fairnessKey: "g" } }, "priority.fairness_key"]);
    await change(s, run, [{ priority: { fairnessWeight: 3 } }, "priority.fairness_weight"]);
    await change(s, run, [{}, "priority"]);
    await s.describe(run);
    await s.history(run);
    await terminate(s, run);
  }),

  scenario("options-versioning-override", async (s) => {
    const { run } = await startIdle(s);
    await change(s, run, [{ versioningOverride: { autoUpgrade: true } }, "versioning_override"]);
    await s.describe(run);
    await change(s, run, [{}, "priority"]);
    await change(s, run, [{}, "versioning_override"]);
    await s.describe(run);
    await change(s, run, [
      { versioningOverride: { behavior: "VERSIONING_BEHAVIOR_AUTO_UPGRADE" } },
      "versioning_override",
    ]);
    await s.describe(run);
    await change(s, run, [{}, "versioning_override"]);
    await s.history(run);
    await terminate(s, run);
  }),

  scenario("options-errors", async (s) => {
    const { run } = await startIdle(s);
    await s.attempt("UpdateWorkflowExecutionOptions", {});
    await change(s, run, [undefined, undefined]);
    await change(s, run, [{}, undefined]);
    await change(s, run, [undefined, "priority"]);
    await change(s, run, [{}, "versioning_override.behavior"]);
    await change(s, run, [{}, "versioning_override.deployment"]);
    await change(s, run, [{}, "versioning_override.pinned"]);
    await change(s, run, [{}, "versioning_override.auto_upgrade"]);
    await change(s, run, [{}, "time_skipping_config.enabled"]);
    await change(s, run, [{ priority: { priorityKey: -1 } }, "priority"]);
    await change(s, run, [{ priority: { fairnessKey: "x".repeat(65) } }, "priority"]);
    await change(s, run, [{ timeSkippingConfig: { enabled: true } }, "time_skipping_config"]);
    await change(s, run, [{ timeSkippingConfig: {} }, "time_skipping_config"]);
    await change(s, run, [{}, "time_skipping_config"]);
    await change(s, run, [{}, ""]);
    await change(s, { workflowId: s.name("nothing"), runId: "" }, [{}, "priority"]);
    await change(s, { workflowId: run.workflowId, runId: s.uuid("unknown") }, [{}, "priority"]);
    await change(s, { workflowId: run.workflowId, runId: "no-uuid" }, [{}, "priority"]);
    await s.history(run);
    await terminate(s, run);
    await change(s, run, [{}, "priority"]);
  }),

  scenario("options-of-illegal-overrides", async (s) => {
    const { run } = await startIdle(s);
    const pinned = { behavior: "PINNED_OVERRIDE_BEHAVIOR_PINNED" };
    await change(s, run, [{ versioningOverride: { pinned } }, "versioning_override"]);
    await change(s, run, [{ versioningOverride: { pinned: {} } }, "versioning_override"]);
    await change(s, run, [{ versioningOverride: {} }, "versioning_override"]);
    const version = { deploymentName: "d", buildId: "b" };
    await change(s, run, [
      { versioningOverride: { pinned: { ...pinned, version } } },
      "versioning_override",
    ]);
    await change(s, run, [{ versioningOverride: { oneTime: {} } }, "versioning_override"]);
    await change(s, run, [
      { versioningOverride: { behavior: "VERSIONING_BEHAVIOR_PINNED" } },
      "versioning_override",
    ]);
    await change(s, run, [{ versioningOverride: { pinnedVersion: "d.b" } }, "versioning_override"]);
    await s.history(run);
    await terminate(s, run);
  }),

  scenario(
    "options-of-unknown-paths",
    async (s) => {
      const { run } = await startIdle(s);
      for (const path of ["nothing", "priority.nothing", "priority.", "priorityKey"]) {
        await change(s, run, [{}, path]);
      }
      await s.history(run);
      await terminate(s, run);
    },
    {
      tolerances: [
        {
          call: "UpdateWorkflowExecutionOptions",
          path: "error.message",
          reason: "The official server's library varies the kind of space in it by build.",
        },
      ],
    },
  ),

  scenario("options-while-a-task-is-pending", async (s) => {
    const queue = s.name("queue");
    const run = await s.start({ taskQueue: { name: queue } });
    await change(s, run, [{ priority: { priorityKey: 1 } }, "priority"]);
    await s.history(run);
    const task = await s.pollWorkflowTask(queue);
    await change(s, run, [{ priority: { priorityKey: 5 } }, "priority"]);
    await s.describe(run);
    await s.history(run);
    await s.attempt("RespondWorkflowTaskCompleted", {
      taskToken: task.taskToken,
      commands: [completeWorkflow()],
    });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("reset-and-options", async (s) => {
    const { run } = await startIdle(s);
    await change(s, run, [{ priority: { priorityKey: 2 } }, "priority"]);
    await change(s, run, [{ versioningOverride: { autoUpgrade: true } }, "versioning_override"]);
    await change(s, run, [{}, "versioning_override"]);
    const next = await reset(s, run, 4);
    await s.history(next);
    await s.describe(next);
    const operation = (options: PlainObject, path: string) => ({
      updateWorkflowOptions: { workflowExecutionOptions: options, updateMask: mask(path) },
    });
    const last = await reset(s, run, {
      to: 4,
      postResetOperations: [
        operation({ priority: { priorityKey: 4 } }, "priority"),
        operation({ versioningOverride: { autoUpgrade: true } }, "versioning_override"),
        operation({ priority: { priorityKey: 4 } }, "priority"),
      ],
    });
    await s.history(last);
    await s.describe(last);
    const pinned = {
      behavior: "PINNED_OVERRIDE_BEHAVIOR_PINNED",
      version: { deploymentName: "d", buildId: "b" },
    };
    const refused = [
      operation({ versioningOverride: { pinned } }, "versioning_override"),
      operation({}, "versioning_override.behavior"),
      operation({ priority: { priorityKey: -1 } }, "priority"),
      operation({ timeSkippingConfig: { enabled: true } }, "time_skipping_config"),
      {},
    ];
    for (const each of refused) await resetRefused(s, last, { to: 4, postResetOperations: [each] });
    await terminate(s, { workflowId: run.workflowId, runId: "" });
  }),

  scenario("workflow-rules-are-not-enabled", async (s) => {
    await s.attempt("CreateWorkflowRule", { spec: { id: "rule" } });
    await s.attempt("DescribeWorkflowRule", { ruleId: "rule" });
    await s.attempt("DeleteWorkflowRule", { ruleId: "rule" });
    await s.attempt("ListWorkflowRules", {});
    await s.attempt("ListWorkflowRules", { namespace: "no-such-namespace" });
    await s.attempt("TriggerWorkflowRule", { id: "rule" });
  }),
] as const;
