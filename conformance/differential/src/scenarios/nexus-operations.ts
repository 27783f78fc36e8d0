import { completeWorkflow, payload, payloads } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, startOnQueue, terminate } from "../scripts.js";
import { type PlainObject, pickNumber, pickText } from "../wire/plain.js";
import {
  createEndpoint,
  describeUntil,
  failTask,
  historyWith,
  pollNexusTask,
  requestCancel,
  respond,
  SCHEDULED_ID,
  schedule,
  startCaller,
  startHandlerWorkflow,
} from "./nexus-helpers.js";

const FAILURE = { message: "no", applicationFailureInfo: { type: "Bad", nonRetryable: true } };

export const nexusOperationScenarios = [
  scenario("nexus-operation-sync", async (s) => {
    const { queue, run, endpoint } = await startCaller(s, {
      nexusHeader: { Key: "value" },
      scheduleToCloseTimeout: "60s",
    });
    const task = await pollNexusTask(s, endpoint.queue);
    await respond(s, task, { syncSuccess: { payload: payload("out") } });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
    await s.attempt("RespondNexusTaskCompleted", { taskToken: task.taskToken, response: {} });
  }),

  scenario("nexus-operation-sync-without-values", async (s) => {
    const { queue, run, endpoint } = await startCaller(s, { input: undefined });
    const task = await pollNexusTask(s, endpoint.queue);
    await respond(s, task, { syncSuccess: {} });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-unsuccessful", async (s) => {
    const endpoint = await createEndpoint(s);
    const { queue, run } = await startOnQueue(s);
    const answers: readonly PlainObject[] = [
      { failure: FAILURE },
      { failure: { message: "stopped", canceledFailureInfo: {} } },
      {
        operationError: {
          operationState: "failed",
          failure: { message: "old", metadata: { key: "value" }, details: Buffer.from('{"a":1}') },
        },
      },
      { operationError: { operationState: "canceled", failure: { message: "old" } } },
      {
        operationError: {
          operationState: "failed",
          failure: {
            message: "ours",
            metadata: { type: "temporal.api.failure.v1.Failure" },
            details: Buffer.from('{"applicationFailureInfo":{"type":"T","nonRetryable":true}}'),
          },
        },
      },
    ];
    for (const answer of answers) {
      await s.runWorkflowTask(queue, [schedule(endpoint.name)]);
      await respond(s, await pollNexusTask(s, endpoint.queue), answer);
    }
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-handler-errors", async (s) => {
    const endpoint = await createEndpoint(s);
    const { queue, run } = await startOnQueue(s);
    for (const type of ["BAD_REQUEST", "NOT_FOUND", "UNAUTHORIZED", "CONFLICT"]) {
      await s.runWorkflowTask(queue, [schedule(endpoint.name)]);
      const cause = { message: "because", applicationFailureInfo: { type: "Why" } };
      await failTask(s, await pollNexusTask(s, endpoint.queue), { type, cause });
    }
    await s.runWorkflowTask(queue, [schedule(endpoint.name)]);
    const nexusHandlerFailureInfo = {
      type: "INTERNAL",
      retryBehavior: "NEXUS_HANDLER_ERROR_RETRY_BEHAVIOR_NON_RETRYABLE",
    };
    const task = await pollNexusTask(s, endpoint.queue);
    await failTask(s, task, { type: "INTERNAL", nexusHandlerFailureInfo });
    await s.runWorkflowTask(queue, [schedule(endpoint.name)]);
    const { taskToken } = await pollNexusTask(s, endpoint.queue);
    const error = { errorType: "BAD_REQUEST", failure: { message: "old", metadata: { a: "b" } } };
    await s.call("RespondNexusTaskFailed", { taskToken, error });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-retries", async (s) => {
    const { queue, run, endpoint } = await startCaller(s);
    await failTask(s, await pollNexusTask(s, endpoint.queue), { type: "UNAVAILABLE" });
    await describeUntil(s, run, (operation) => pickNumber(operation, "attempt") === 1);
    const task = await pollNexusTask(s, endpoint.queue);
    await respond(s, task, { syncSuccess: { payload: payload("late") } });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-bad-answers", async (s) => {
    const { run, endpoint } = await startCaller(s);
    const { taskToken } = await pollNexusTask(s, endpoint.queue);
    const complete = async (response: PlainObject): Promise<void> => {
      await s.attempt("RespondNexusTaskCompleted", { taskToken, response });
    };
    await complete({ startOperation: { asyncSuccess: {} } });
    await complete({ startOperation: { asyncSuccess: { operationToken: "t".repeat(4097) } } });
    const bad = { failure: { message: "m", details: Buffer.from("{") } };
    await complete({ startOperation: { operationError: bad } });
    const garbage = Buffer.from("garbage");
    await s.attempt("RespondNexusTaskCompleted", { taskToken: garbage });
    await s.attempt("RespondNexusTaskFailed", { taskToken });
    await s.attempt("RespondNexusTaskFailed", { taskToken, failure: FAILURE });
    await s.attempt("RespondNexusTaskFailed", { taskToken: garbage });
    await complete({});
    await describeUntil(s, run, (operation) => pickNumber(operation, "attempt") === 1);
    await terminate(s, run);
  }),

  scenario("nexus-operation-async", async (s) => {
    const { queue, run, endpoint } = await startCaller(s, { scheduleToCloseTimeout: "60s" });
    const task = await pollNexusTask(s, endpoint.queue);
    const handler = await startHandlerWorkflow(s, task);
    const { workflowId, runId } = handler.run;
    const path = `/namespaces/default/workflows/${workflowId}/${runId}/history`;
    const query = "?eventID=1&eventType=WorkflowExecutionStarted&referenceType=EventReference";
    const url = `temporal://${path}${query}`;
    const links = [{ url, type: "temporal.api.common.v1.Link.WorkflowEvent" }];
    await respond(s, task, { asyncSuccess: { operationToken: "token", links } });
    await historyWith(s, run, "NEXUS_OPERATION_STARTED");
    await s.describe(run);
    await s.runWorkflowTask(queue);
    await s.runWorkflowTask(handler.queue, [completeWorkflow("done")]);
    await historyWith(s, run, "NEXUS_OPERATION_COMPLETED");
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-async-endings", async (s) => {
    const endpoint = await createEndpoint(s);
    const { queue, run } = await startOnQueue(s);
    const begin = async (fields: PlainObject = {}): Promise<PlainObject> => {
      await s.runWorkflowTask(queue, [schedule(endpoint.name)]);
      const task = await pollNexusTask(s, endpoint.queue);
      const handler = await startHandlerWorkflow(s, task, fields);
      await respond(s, task, { asyncSuccess: { operationToken: "token" } });
      await s.runWorkflowTask(queue);
      return { ...handler.run, queue: handler.queue };
    };
    const failing = await begin();
    const fail = { failWorkflowExecutionCommandAttributes: { failure: FAILURE } };
    const failCommand = { commandType: "COMMAND_TYPE_FAIL_WORKFLOW_EXECUTION", ...fail };
    await s.runWorkflowTask(pickText(failing, "queue"), [failCommand]);
    const canceling = await begin();
    const details = { details: payloads("why") };
    const cancelCommand = {
      commandType: "COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION",
      cancelWorkflowExecutionCommandAttributes: details,
    };
    await s.runWorkflowTask(pickText(canceling, "queue"), [cancelCommand]);
    const terminated = await begin();
    await terminate(s, {
      workflowId: pickText(terminated, "workflowId"),
      runId: pickText(terminated, "runId"),
    });
    await begin({ workflowRunTimeout: "1s" });
    await historyWith(s, run, "NEXUS_OPERATION_CANCELED");
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-canceled", async (s) => {
    const { queue, run, endpoint } = await startCaller(s);
    const task = await pollNexusTask(s, endpoint.queue);
    const handler = await startHandlerWorkflow(s, task);
    await respond(s, task, { asyncSuccess: { operationToken: "token" } });
    await s.runWorkflowTask(queue, [requestCancel(SCHEDULED_ID)]);
    const { taskToken } = await pollNexusTask(s, endpoint.queue);
    await s.describe(run);
    const response = { cancelOperation: {} };
    await s.call("RespondNexusTaskCompleted", { taskToken, response });
    await historyWith(s, run, "NEXUS_OPERATION_CANCEL_REQUEST_COMPLETED");
    await s.describe(run);
    const cancelCommand = {
      commandType: "COMMAND_TYPE_CANCEL_WORKFLOW_EXECUTION",
      cancelWorkflowExecutionCommandAttributes: {},
    };
    await s.runWorkflowTask(handler.queue, [cancelCommand]);
    await historyWith(s, run, "NEXUS_OPERATION_CANCELED");
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-cancel-fails", async (s) => {
    const { queue, run, endpoint } = await startCaller(s);
    const early = await pollNexusTask(s, endpoint.queue);
    await signal(s, run, "go");
    await s.runWorkflowTask(queue, [requestCancel(SCHEDULED_ID)]);
    await s.describe(run);
    await respond(s, early, { asyncSuccess: { operationToken: "token" } });
    await failTask(s, await pollNexusTask(s, endpoint.queue), { type: "UNAVAILABLE" });
    await describeUntil(
      s,
      run,
      (operation) => pickNumber(operation, "cancellationInfo.attempt") === 1,
    );
    await failTask(s, await pollNexusTask(s, endpoint.queue), { type: "NOT_FOUND" });
    await historyWith(s, run, "NEXUS_OPERATION_CANCEL_REQUEST_FAILED");
    await s.describe(run);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
    await s.describe(run);
  }),

  scenario("nexus-operation-timeouts", async (s) => {
    const endpoint = await createEndpoint(s);
    const { queue, run } = await startOnQueue(s);
    await s.runWorkflowTask(queue, [schedule(endpoint.name, { startToCloseTimeout: "3s" })]);
    const task = await pollNexusTask(s, endpoint.queue);
    await respond(s, task, { asyncSuccess: { operationToken: "token" } });
    await s.runWorkflowTask(queue, [
      schedule(endpoint.name, { scheduleToCloseTimeout: "1s" }),
      schedule(endpoint.name, { scheduleToStartTimeout: "2s", scheduleToCloseTimeout: "60s" }),
    ]);
    await s.callUntil(
      "DescribeWorkflowExecution",
      { execution: { ...run } },
      (response) => response.pendingNexusOperations === undefined,
    );
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await s.history(run);
  }),

  scenario("nexus-operation-bad-commands", async (s) => {
    const endpoint = await createEndpoint(s);
    const bad: readonly PlainObject[] = [
      schedule(s.name("missing")),
      schedule(endpoint.name, { service: "s".repeat(1001) }),
      schedule(endpoint.name, { operation: "o".repeat(1001) }),
      schedule(endpoint.name, { scheduleToCloseTimeout: "-1s" }),
      schedule(endpoint.name, { nexusHeader: { "Request-Timeout": "1s" } }),
      schedule(endpoint.name, { nexusHeader: { key: "v".repeat(8192) } }),
      { commandType: "COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION" },
      { commandType: "COMMAND_TYPE_REQUEST_CANCEL_NEXUS_OPERATION" },
      requestCancel(0),
      requestCancel(7),
    ];
    const refuse = async (commands: readonly PlainObject[]): Promise<void> => {
      const { queue, run } = await startOnQueue(s);
      const { taskToken } = await s.pollWorkflowTask(queue);
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
      await s.history(run);
      await terminate(s, run);
    };
    for (const wrong of bad) await refuse([wrong]);
    await refuse(Array.from({ length: 31 }, () => schedule(endpoint.name)));
    await refuse([
      schedule(endpoint.name),
      requestCancel(SCHEDULED_ID),
      requestCancel(SCHEDULED_ID),
    ]);
  }),

  scenario("nexus-operation-trimmed-timeouts", async (s) => {
    const endpoint = await createEndpoint(s);
    const { queue, run } = await startOnQueue(s, { workflowRunTimeout: "30s" });
    await s.runWorkflowTask(queue, [
      schedule(endpoint.name),
      schedule(endpoint.name, {
        scheduleToCloseTimeout: "40s",
        scheduleToStartTimeout: "50s",
        startToCloseTimeout: "35s",
      }),
      schedule(endpoint.name, { scheduleToCloseTimeout: "20s", startToCloseTimeout: "25s" }),
    ]);
    await s.history(run);
    await terminate(s, run);
    await s.describe(run);
  }),

  scenario("nexus-task-poll-refused", async (s) => {
    await s.attempt("PollNexusTaskQueue", {});
    await s.attempt("PollNexusTaskQueue", { taskQueue: {} });
    await s.attempt("PollNexusTaskQueue", { namespace: "nowhere", taskQueue: { name: "q" } });
    await s.attempt("PollNexusTaskQueue", { taskQueue: { name: "q" }, identity: "i".repeat(1001) });
  }),
];
