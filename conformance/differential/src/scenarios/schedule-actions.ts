import { payload, payloads } from "../commands.js";
import { scenario, type Tolerance } from "../scenario.js";
import { type PlainObject, pick, pickList, pickNumber } from "../wire/plain.js";
import {
  create,
  end,
  NEVER,
  PAST,
  terminate,
  trigger,
  until,
  untilActions,
  untilIdle,
  workflowIdOf,
} from "./schedule-helpers.js";

const STATUS_AT_ONCE: Tolerance = {
  call: "DescribeSchedule",
  path: "response.info.recentActions.*.startWorkflowStatus",
  reason: "The official server learns of an end before its next action; ours when it happens.",
};

export const scheduleActionScenarios = [
  scenario(
    "schedule-trigger-skips-while-it-runs",
    async (s) => {
      const scheduleId = s.name("schedule");
      await create(s, { scheduleId, spec: NEVER });
      await trigger(s, scheduleId, { hour: 0 });
      const first = await untilActions(s, scheduleId, 1);
      await trigger(s, scheduleId, { hour: 1 });
      await until(s, scheduleId, (info) => pickNumber(info, "overlapSkipped") === 1);
      await terminate(s, workflowIdOf(first));
      await untilIdle(s, scheduleId);
      await trigger(s, scheduleId, { hour: 2 });
      const second = await untilActions(s, scheduleId, 2);
      await end(s, scheduleId, second);
    },
    { tolerances: [STATUS_AT_ONCE] },
  ),

  scenario("schedule-trigger-buffers-one", async (s) => {
    const scheduleId = s.name("schedule");
    const policies = { overlapPolicy: "SCHEDULE_OVERLAP_POLICY_BUFFER_ONE" };
    await create(s, { scheduleId, spec: NEVER, policies });
    await trigger(s, scheduleId, { hour: 0 });
    const first = await untilActions(s, scheduleId, 1);
    await trigger(s, scheduleId, { hour: 1 });
    await until(s, scheduleId, (info) => pickNumber(info, "bufferSize") === 1);
    await trigger(s, scheduleId, { hour: 2 });
    await until(s, scheduleId, (info) => pickNumber(info, "overlapSkipped") === 1);
    await terminate(s, workflowIdOf(first));
    const second = await untilActions(s, scheduleId, 2);
    await end(s, scheduleId, second);
  }),

  scenario("schedule-trigger-terminates-the-other", async (s) => {
    const scheduleId = s.name("schedule");
    await create(s, { scheduleId, spec: NEVER });
    await trigger(s, scheduleId, { hour: 0 });
    const first = await untilActions(s, scheduleId, 1);
    await trigger(s, scheduleId, {
      hour: 1,
      overlapPolicy: "SCHEDULE_OVERLAP_POLICY_TERMINATE_OTHER",
    });
    const second = await untilActions(s, scheduleId, 2);
    await s.history({ workflowId: workflowIdOf(first), runId: "" });
    await end(s, scheduleId, second);
  }),

  scenario("schedule-trigger-beside-the-other", async (s) => {
    const scheduleId = s.name("schedule");
    await create(s, { scheduleId, spec: NEVER });
    await trigger(s, scheduleId, { hour: 0 });
    const first = await untilActions(s, scheduleId, 1);
    await trigger(s, scheduleId, { hour: 1, overlapPolicy: "SCHEDULE_OVERLAP_POLICY_ALLOW_ALL" });
    const second = await untilActions(s, scheduleId, 2);
    await terminate(s, workflowIdOf(first));
    await end(s, scheduleId, second);
  }),

  scenario("schedule-starts-its-workflow", async (s) => {
    const scheduleId = s.name("schedule");
    const workflow = {
      input: payloads("in"),
      memo: { fields: { note: payload("m") } },
      searchAttributes: { indexedFields: { DiffKeyword: payload("k") } },
      workflowRunTimeout: "100s",
      userMetadata: { summary: payload("summary") },
    };
    await create(s, {
      scheduleId,
      spec: NEVER,
      workflow,
      patch: { triggerImmediately: { scheduledTime: "2025-01-01T10:00:00Z" } },
    });
    const described = await untilActions(s, scheduleId, 1);
    const run = { workflowId: workflowIdOf(described), runId: "" };
    await s.history(run);
    await end(s, scheduleId, described);
  }),

  scenario("schedule-backfill", async (s) => {
    const scheduleId = s.name("schedule");
    await create(s, { scheduleId, spec: PAST });
    const backfillRequest = [
      {
        startTime: "2020-01-01T00:00:00Z",
        endTime: "2020-01-01T02:00:00Z",
        overlapPolicy: "SCHEDULE_OVERLAP_POLICY_ALLOW_ALL",
      },
    ];
    const patch = { backfillRequest };
    await s.call("PatchSchedule", { scheduleId, patch, requestId: s.uuid("request") });
    const described = await untilActions(s, scheduleId, 3);
    await end(s, scheduleId, described);
  }),

  scenario("schedule-of-limited-actions", async (s) => {
    const scheduleId = s.name("schedule");
    const state = { limitedActions: true, remainingActions: 1 };
    const spec = { interval: [{ interval: "1s" }] };
    await create(s, { scheduleId, spec, state });
    const settled = await s.settle(
      "DescribeSchedule",
      { scheduleId },
      (outcome) =>
        outcome.kind === "response" && pickNumber(outcome.response, "info.actionCount") === 1,
    );
    const described = settled.kind === "response" ? settled.response : {};
    // Its next time has passed, and nothing came.
    await s.pause(1_100);
    const summary = (response: PlainObject): readonly string[] => [
      `${pickNumber(response, "info.actionCount")} actions`,
      `${pickNumber(response, "schedule.state.remainingActions")} remain`,
      `${pickList(response, "info.futureActionTimes").length} times to come`,
    ];
    await s.call("DescribeSchedule", { scheduleId }, { summary });
    await s.call("DeleteSchedule", { scheduleId });
    const workflowExecution = { workflowId: workflowIdOf(described) };
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }),

  scenario("schedule-pauses-on-failure", async (s) => {
    const scheduleId = s.name("schedule");
    const queue = s.name("queue");
    const workflow = { taskQueue: { name: queue } };
    const policies = { pauseOnFailure: true };
    await create(s, { scheduleId, spec: NEVER, policies, workflow });
    await trigger(s, scheduleId, { hour: 0 });
    await untilActions(s, scheduleId, 1);
    const failure = { message: "no luck", applicationFailureInfo: {} };
    const attributes = { failWorkflowExecutionCommandAttributes: { failure } };
    await s.runWorkflowTask(queue, [
      { commandType: "COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION", ...attributes },
    ]);
    await s.callUntil("DescribeSchedule", { scheduleId }, (response) => {
      const hasEnded = pickList(response, "info.runningWorkflows").length === 0;
      return hasEnded && pick(response, "schedule.state.paused") === true;
    });
    await s.call("DeleteSchedule", { scheduleId });
  }),
];
