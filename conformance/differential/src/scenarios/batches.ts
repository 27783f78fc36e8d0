import { completeWorkflow, payloads } from "../commands.js";
import { scenario } from "../scenario.js";
import { type PlainObject, pick, pickList } from "../wire/plain.js";
import { startActivities } from "./activity-operations.js";
import { begin, startOwn, terminateAll, untilEnded, WHO } from "./batch-helpers.js";
import { BAD_BATCHES } from "./batch-requests.js";

const SETUP = { setup: "batches" } as const;

/** The official server terminates in the name of a process of its own. */
const TERMINATOR = {
  call: "GetWorkflowExecutionHistory",
  path: "response.history.events.*.workflowExecutionTerminatedEventAttributes.identity",
  reason: "We name the operator who asked for it",
};

export const batchScenarios = [
  scenario(
    "batch-terminates-by-query",
    async (s) => {
      const { own, runs } = await startOwn(s, 3);
      const jobId = await begin(s, { visibilityQuery: own, terminationOperation: WHO });
      await untilEnded(s, jobId);
      for (const run of runs) await s.closedHistory(run);
    },
    { ...SETUP, tolerances: [TERMINATOR] },
  ),

  scenario(
    "batch-signals-executions",
    async (s) => {
      const { runs } = await startOwn(s, 2);
      const [first, second] = runs;
      const signalOperation = { ...WHO, signal: "go", input: payloads("x") };
      const gone = { workflowId: s.name("gone") };
      const current = { workflowId: second?.workflowId ?? "" };
      const executions = [{ ...first }, current, gone];
      const jobId = await begin(s, { executions, signalOperation });
      await untilEnded(s, jobId);
      for (const run of runs) await s.history(run);
      await terminateAll(s, runs);
    },
    SETUP,
  ),

  scenario(
    "batch-cancels-target-executions",
    async (s) => {
      const { runs } = await startOwn(s, 2);
      const type = "EXECUTION_TYPE_WORKFLOW";
      const targetExecutions = runs.map(({ workflowId, runId }) => ({
        type,
        businessId: workflowId,
        runId,
      }));
      const jobId = await begin(s, { targetExecutions, cancellationOperation: WHO });
      await untilEnded(s, jobId);
      for (const run of runs) {
        const events = await s.call(
          "GetWorkflowExecutionHistory",
          { execution: { ...run } },
          {
            summary: (response) =>
              pickList(response, "history.events").map((event) => String(pick(event, "eventType"))),
          },
        );
        if (events === undefined) return;
      }
      await terminateAll(s, runs);
    },
    SETUP,
  ),

  scenario(
    "batch-deletes",
    async (s) => {
      const { own, runs } = await startOwn(s, 2);
      const jobId = await begin(s, { visibilityQuery: own, deletionOperation: WHO });
      await untilEnded(s, jobId);
      for (const run of runs) {
        const request = { execution: { ...run } };
        await s.settle("DescribeWorkflowExecution", request, ({ kind }) => kind === "error");
        await s.attempt("DescribeWorkflowExecution", request);
      }
    },
    SETUP,
  ),

  scenario(
    "batch-resets",
    async (s) => {
      const { own, queue, runs } = await startOwn(s, 1);
      await s.runWorkflowTask(queue);
      const options = { firstWorkflowTask: {} };
      const resetOperation = { ...WHO, options };
      const jobId = await begin(s, { visibilityQuery: own, resetOperation });
      await untilEnded(s, jobId);
      const [{ workflowId } = { workflowId: "" }] = runs;
      await s.call("GetWorkflowExecutionHistory", { execution: { workflowId } });
      await s.runWorkflowTask(queue, [completeWorkflow()]);
    },
    SETUP,
  ),

  scenario(
    "batch-resets-by-type",
    async (s) => {
      const { own, queue, runs } = await startOwn(s, 1);
      await s.runWorkflowTask(queue);
      const [{ workflowId } = { workflowId: "" }] = runs;
      const workflowExecution = { workflowId };
      await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "one" });
      await s.runWorkflowTask(queue);
      const resetOperation = { ...WHO, resetType: "RESET_TYPE_LAST_WORKFLOW_TASK" };
      const jobId = await begin(s, { visibilityQuery: own, resetOperation });
      await untilEnded(s, jobId);
      await s.call("GetWorkflowExecutionHistory", { execution: { workflowId } });
      await s.runWorkflowTask(queue, [completeWorkflow()]);
    },
    SETUP,
  ),

  scenario(
    "batch-updates-workflow-options",
    async (s) => {
      const { own, runs } = await startOwn(s, 1);
      const workflowExecutionOptions = { priority: { priorityKey: 2 } };
      const updateMask = { paths: ["priority"] };
      const updateWorkflowOptionsOperation = { ...WHO, workflowExecutionOptions, updateMask };
      const jobId = await begin(s, { visibilityQuery: own, updateWorkflowOptionsOperation });
      await untilEnded(s, jobId);
      for (const run of runs) await s.history(run);
      await terminateAll(s, runs);
    },
    SETUP,
  ),

  scenario(
    "batch-unpauses-and-resets-activities",
    async (s) => {
      const { run, operate } = await startActivities(s, [{}, { activityId: "a2" }]);
      await operate("PauseActivity", { type: "Act" });
      const executions = [{ ...run }];
      const all = { ...WHO, matchAll: true };
      await untilEnded(s, await begin(s, { executions, unpauseActivitiesOperation: all }));
      await s.describe(run);
      const resetActivitiesOperation = { ...all, resetHeartbeat: true };
      await untilEnded(s, await begin(s, { executions, resetActivitiesOperation }));
      const updateActivityOptionsOperation = {
        ...WHO,
        type: "Act",
        activityOptions: { heartbeatTimeout: "7s" },
        updateMask: { paths: ["heartbeat_timeout"] },
      };
      await untilEnded(s, await begin(s, { executions, updateActivityOptionsOperation }));
      await s.describe(run);
      await terminateAll(s, [run]);
    },
    SETUP,
  ),

  scenario(
    "batch-counts-failures",
    async (s) => {
      const { run } = await startActivities(s, [{}]);
      const closed = await s.start({ taskQueue: { name: s.name("other") } });
      await terminateAll(s, [closed]);
      const executions = [{ ...run }, { ...closed }];
      const updateActivityOptionsOperation = {
        ...WHO,
        type: "Act",
        activityOptions: { heartbeatTimeout: "-7s" },
        updateMask: { paths: ["nonsense"] },
      };
      await untilEnded(s, await begin(s, { executions, updateActivityOptionsOperation }));
      await terminateAll(s, [run]);
    },
    SETUP,
  ),

  scenario(
    "batch-requests-that-are-refused",
    async (s) => {
      for (const [label, request] of Object.entries(BAD_BATCHES)) {
        const full = { jobId: s.name("job"), reason: "why", ...request };
        await s.attempt("StartBatchOperation", full, { label });
      }
      const jobId = s.name("none");
      await s.attempt("DescribeBatchOperation", { jobId });
      await s.attempt("StopBatchOperation", { jobId, reason: "why" });
      await s.attempt("StopBatchOperation", { jobId });
      await s.attempt("StopBatchOperation", {});
      await s.attempt("DescribeBatchOperation", {});
    },
    SETUP,
  ),

  scenario(
    "batch-ids-and-lists",
    async (s) => {
      const { runs } = await startOwn(s, 1);
      const executions = runs.map((run) => ({ ...run }));
      const request = { executions, terminationOperation: WHO };
      const jobId = await begin(s, request);
      await untilEnded(s, jobId);
      await s.attempt("StartBatchOperation", { jobId, reason: "again", ...request });
      await s.attempt("StopBatchOperation", { jobId, reason: "late" });
      const isOwn = (info: unknown): boolean => pick(info as PlainObject, "jobId") === jobId;
      await s.call(
        "ListBatchOperations",
        {},
        {
          summary: (response) =>
            pickList(response, "operationInfo")
              .filter(isOwn)
              .map((info) => `${pick(info, "state")} ${pick(info, "operationType")}`),
        },
      );
    },
    SETUP,
  ),

  scenario(
    "batch-on-activities-that-are-not-there",
    async (s) => {
      const target = { type: "EXECUTION_TYPE_ACTIVITY", businessId: s.name("none") };
      const targetExecutions = [target];
      const terminateActivitiesOperation = { ...WHO, reason: "no need" };
      await untilEnded(s, await begin(s, { targetExecutions, terminateActivitiesOperation }));
      const executions = [{ workflowId: s.name("none") }];
      await untilEnded(s, await begin(s, { executions, cancelActivitiesOperation: WHO }));
      const { own, runs } = await startOwn(s, 1);
      const deletion = { visibilityQuery: own, deleteActivitiesOperation: {} };
      await untilEnded(s, await begin(s, deletion));
      await terminateAll(s, runs);
    },
    SETUP,
  ),

  scenario(
    "batch-with-a-query-of-unknown-attributes",
    async (s) => {
      const request = { visibilityQuery: "NoSuch = 'x'", terminationOperation: WHO };
      const jobId = await begin(s, request);
      await untilEnded(s, jobId);
    },
    SETUP,
  ),

  scenario(
    "batch-beyond-the-limit",
    async (s) => {
      const executions = [{ workflowId: s.name("workflow") }];
      const request = { reason: "why", executions, terminationOperation: WHO };
      await s.attempt("StartBatchOperation", { jobId: s.name("job"), ...request });
    },
    { setup: "fewPeers" },
  ),
];
