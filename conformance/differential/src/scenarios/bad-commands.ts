import { command, completeWorkflow, payload, payloads, scheduleActivity } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, startOnQueue, terminatedHistory } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";

const LONG = "x".repeat(1001);

type Commands = (queue: string) => readonly PlainObject[];

/** Commands that the server refuses, by what is wrong with them. */
const BAD_COMMANDS: Readonly<Record<string, Commands>> = {
  "no-type": () => [{}],
  "unknown-type": () => [{ commandType: 999 }],
  "after-closing": () => [
    completeWorkflow(),
    command("START_TIMER", { timerId: "t", startToFireTimeout: "1s" }),
  ],
  "two-closing": () => [completeWorkflow(), completeWorkflow()],
  "attributes-of-another-type": () => [
    {
      commandType: "COMMAND_TYPE_START_TIMER",
      completeWorkflowExecutionCommandAttributes: {},
    },
  ],
  "timer-without-attributes": () => [{ commandType: "COMMAND_TYPE_START_TIMER" }],
  "timer-without-id": () => [command("START_TIMER", { startToFireTimeout: "1s" })],
  "timer-of-long-id": () => [command("START_TIMER", { timerId: LONG, startToFireTimeout: "1s" })],
  "timer-negative": () => [command("START_TIMER", { timerId: "t", startToFireTimeout: "-1s" })],
  "timer-of-known-id": () => [
    command("START_TIMER", { timerId: "t", startToFireTimeout: "60s" }),
    command("START_TIMER", { timerId: "t", startToFireTimeout: "60s" }),
  ],
  "cancel-timer-without-attributes": () => [{ commandType: "COMMAND_TYPE_CANCEL_TIMER" }],
  "cancel-timer-without-id": () => [command("CANCEL_TIMER", {})],
  "cancel-timer-of-long-id": () => [command("CANCEL_TIMER", { timerId: LONG })],
  "cancel-timer-unknown": () => [command("CANCEL_TIMER", { timerId: "absent" })],
  "cancel-activity-without-attributes": () => [
    { commandType: "COMMAND_TYPE_REQUEST_CANCEL_ACTIVITY_TASK" },
  ],
  "cancel-activity-without-event": () => [command("REQUEST_CANCEL_ACTIVITY_TASK", {})],
  "cancel-activity-negative": () => [
    command("REQUEST_CANCEL_ACTIVITY_TASK", { scheduledEventId: -1 }),
  ],
  "cancel-activity-unknown": () => [
    command("REQUEST_CANCEL_ACTIVITY_TASK", { scheduledEventId: 99 }),
  ],
  "marker-without-attributes": () => [{ commandType: "COMMAND_TYPE_RECORD_MARKER" }],
  "marker-without-name": () => [command("RECORD_MARKER", {})],
  "marker-of-long-name": () => [command("RECORD_MARKER", { markerName: LONG })],
  "complete-without-attributes": () => [
    { commandType: "COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION" },
  ],
  "fail-without-attributes": () => [{ commandType: "COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION" }],
  "fail-without-failure": () => [command("FAIL_WORKFLOW_EXECUTION", {})],
  "cancel-without-attributes": () => [{ commandType: "COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION" }],
  "upsert-without-attributes": () => [
    { commandType: "COMMAND_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES" },
  ],
  "upsert-of-nothing": () => [command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", {})],
  "upsert-of-no-fields": () => [
    command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", { searchAttributes: {} }),
  ],
  "properties-without-attributes": () => [
    { commandType: "COMMAND_TYPE_MODIFY_WORKFLOW_PROPERTIES" },
  ],
  "properties-of-nothing": () => [command("MODIFY_WORKFLOW_PROPERTIES", {})],
  "properties-of-no-fields": () => [command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: {} })],
  "activity-without-attributes": () => [{ commandType: "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK" }],
  "activity-without-id": (queue) => [scheduleActivity(queue, { activityId: "" })],
  "activity-of-long-id": (queue) => [scheduleActivity(queue, { activityId: LONG })],
  "activity-without-type": (queue) => [scheduleActivity(queue, { activityType: undefined })],
  "activity-of-empty-type": (queue) => [scheduleActivity(queue, { activityType: { name: "" } })],
  "activity-of-long-type": (queue) => [scheduleActivity(queue, { activityType: { name: LONG } })],
  "activity-without-queue": (queue) => [scheduleActivity(queue, { taskQueue: undefined })],
  "activity-of-empty-queue": (queue) => [scheduleActivity(queue, { taskQueue: { name: "" } })],
  "activity-of-long-queue": (queue) => [scheduleActivity(queue, { taskQueue: { name: LONG } })],
  "activity-of-reserved-queue": (queue) => [
    scheduleActivity(queue, { taskQueue: { name: "/_sys/reserved" } }),
  ],
  "activity-of-system-queue": (queue) => [
    scheduleActivity(queue, { taskQueue: { name: "temporal-sys-per-ns-tq" } }),
  ],
  "activity-without-timeouts": (queue) => [
    scheduleActivity(queue, { startToCloseTimeout: undefined }),
  ],
  "activity-of-negative-start-to-close": (queue) => [
    scheduleActivity(queue, { startToCloseTimeout: "-1s" }),
  ],
  "activity-of-negative-schedule-to-close": (queue) => [
    scheduleActivity(queue, { scheduleToCloseTimeout: "-1s" }),
  ],
  "activity-of-negative-schedule-to-start": (queue) => [
    scheduleActivity(queue, { scheduleToStartTimeout: "-1s" }),
  ],
  "activity-of-negative-heartbeat": (queue) => [
    scheduleActivity(queue, { heartbeatTimeout: "-1s" }),
  ],
  "activity-of-bad-retry-policy": (queue) => [
    scheduleActivity(queue, { retryPolicy: { backoffCoefficient: 0.5 } }),
  ],
  "activity-of-bad-priority": (queue) => [
    scheduleActivity(queue, { priority: { priorityKey: -1 } }),
  ],
  "activity-of-known-id": (queue) => [scheduleActivity(queue), scheduleActivity(queue)],
};

export const badCommandScenarios = [
  ...Object.entries(BAD_COMMANDS).map(([label, commands]) =>
    scenario(`bad-command-${label}`, async (s) => {
      const { queue, run } = await startOnQueue(s);
      const { taskToken } = await s.pollWorkflowTask(queue);
      const respond = { taskToken, commands: commands(queue) };
      await s.attempt("RespondWorkflowTaskCompleted", respond);
      await terminatedHistory(s, run);
    }),
  ),

  scenario("bad-command-retried", async (s) => {
    const { queue, run } = await startOnQueue(s, { workflowTaskTimeout: "1s" });
    const commands = [command("CANCEL_TIMER", { timerId: "absent" })];
    for (const label of ["first", "second"]) {
      const { taskToken } = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands }, { label });
    }
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.closedHistory(run);
  }),

  scenario("bad-command-keeps-nothing", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const { taskToken } = await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    const commands = [
      command("START_TIMER", { timerId: "t", startToFireTimeout: "60s" }),
      scheduleActivity(queue),
      command("CANCEL_TIMER", { timerId: "absent" }),
    ];
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
    await s.describe(run);
    await s.runWorkflowTask(queue, [
      command("START_TIMER", { timerId: "t", startToFireTimeout: "60s" }),
      completeWorkflow(),
    ]);
    await s.closedHistory(run);
  }),

  scenario("unhandled-command", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const { taskToken } = await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    const commands = [command("RECORD_MARKER", { markerName: "m" }), completeWorkflow("early")];
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
    await s.describe(run);
    await s.history(run);
    const again = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(again, [completeWorkflow("now")]);
    await s.closedHistory(run);
  }),

  scenario("unhandled-command-then-signal", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const { taskToken } = await s.pollWorkflowTask(queue);
    await signal(s, run, "news");
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: [completeWorkflow()] });
    const workflowExecution = { ...run };
    const late = { workflowExecution, signalName: "more news" };
    await s.attempt("SignalWorkflowExecution", late, { label: "while closing" });
    const again = await s.pollWorkflowTask(queue);
    await s.attempt("SignalWorkflowExecution", late, { label: "while closing, started" });
    const request = { taskToken: again.taskToken, commands: [completeWorkflow()] };
    await s.attempt("RespondWorkflowTaskCompleted", request);
    await terminatedHistory(s, run);
  }),

  scenario("commands-of-every-kind", async (s) => {
    const { queue, run } = await startOnQueue(s);
    const userMetadata = { summary: payload("what"), details: payload("why") };
    await s.runWorkflowTask(queue, [
      {
        ...command("RECORD_MARKER", {
          markerName: "m",
          details: { a: payloads(1, "x"), b: payloads() },
          header: { fields: { trace: payload("t") } },
          failure: { message: "local", source: "differential" },
        }),
        userMetadata,
      },
      { ...command("START_TIMER", { timerId: "t", startToFireTimeout: "60s" }), userMetadata },
      {
        ...scheduleActivity(queue, {
          header: { fields: { trace: payload("t") } },
          input: payloads("in"),
          priority: { priorityKey: 1, fairnessKey: "f", fairnessWeight: 2 },
          retryPolicy: { nonRetryableErrorTypes: ["Fatal"], maximumAttempts: 7 },
        }),
        userMetadata,
      },
      command("MODIFY_WORKFLOW_PROPERTIES", {
        upsertedMemo: { fields: { note: payload("n"), gone: payload(null) } },
      }),
      command("CANCEL_TIMER", { timerId: "t" }),
    ]);
    await s.history(run);
    await s.describe(run);
    await signal(s, run, "news");
    await s.runWorkflowTask(queue, [
      command("MODIFY_WORKFLOW_PROPERTIES", {
        upsertedMemo: { fields: { note: payload(null), other: payload(2) } },
      }),
    ]);
    await s.describe(run);
    await terminatedHistory(s, run);
  }),

  scenario("command-cancel-workflow", async (s) => {
    const { queue, run } = await startOnQueue(s);
    await s.call("RequestCancelWorkflowExecution", { workflowExecution: { ...run } });
    const details = payloads("cleaned");
    await s.runWorkflowTask(queue, [command("CANCEL_WORKFLOW_EXECUTION", { details })]);
    await s.closedHistory(run);
    await s.describe(run);
  }),
];
