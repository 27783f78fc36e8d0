import { command, completeWorkflow, payload } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickList, pickNumber } from "../wire/plain.js";

export const visibilityScenarios = [
  scenario("list-open-and-closed", async (s) => {
    const { type, queue } = await threeRuns(s);
    await untilCount(s, `WorkflowType = '${type}' AND ExecutionStatus != 'Running'`, 2);
    const typeFilter = { name: type };
    await s.call("ListOpenWorkflowExecutions", { typeFilter });
    const status = "WORKFLOW_EXECUTION_STATUS_COMPLETED";
    const executionFilter = { workflowId: s.name("nobody") };
    await s.call("ListClosedWorkflowExecutions", { executionFilter });
    await s.attempt("ListClosedWorkflowExecutions", { statusFilter: {} });
    const running = { status: "WORKFLOW_EXECUTION_STATUS_RUNNING" };
    await s.attempt("ListClosedWorkflowExecutions", { statusFilter: running });
    const earliestTime = { seconds: 1_577_836_800 };
    const startTimeFilter = { earliestTime, latestTime: { seconds: 1_546_300_800 } };
    await s.attempt("ListOpenWorkflowExecutions", { startTimeFilter });
    await s.attempt("ListClosedWorkflowExecutions", { startTimeFilter });
    const past = { latestTime: { seconds: 1_546_300_800 } };
    await s.call("ListClosedWorkflowExecutions", {
      statusFilter: { status },
      startTimeFilter: past,
    });
    await s.call("ListOpenWorkflowExecutions", { typeFilter, startTimeFilter: { earliestTime } });
    await s.attempt("ListArchivedWorkflowExecutions", {});
    await s.attempt("ListArchivedWorkflowExecutions", { pageSize: 100_000 });
    await cleanUp(s, queue, type);
  }),

  scenario("count-by-status", async (s) => {
    const { type, queue } = await threeRuns(s);
    const where = `WorkflowType = '${type}'`;
    await untilCount(s, `${where} AND ExecutionStatus = 'Completed'`, 1);
    await untilCount(s, `${where} AND ExecutionStatus = 'Terminated'`, 1);
    await untilCount(s, where, 3);
    await s.call("CountWorkflowExecutions", { query: `${where} GROUP BY ExecutionStatus` });
    const none = `WorkflowType = '${s.name("none")}'`;
    await s.call("CountWorkflowExecutions", { query: `${none} GROUP BY ExecutionStatus` });
    for (const group of ["WorkflowType", "ExecutionStatus, WorkflowType", "Nothing"]) {
      await s.attempt("CountWorkflowExecutions", { query: `GROUP BY ${group}` });
    }
    await cleanUp(s, queue, type);
  }),

  scenario("list-shows-a-run", async (s) => {
    const queue = s.name("queue");
    const memo = { fields: { note: payload("remember") } };
    const run = await s.start({ taskQueue: { name: queue }, memo, workflowId: s.name("workflow") });
    const query = `WorkflowId = '${run.workflowId}' AND RunId = '${run.runId}'`;
    await listUntil(s, query, 1);
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    const closed = `${query} AND CloseTime IS NOT NULL`;
    await listUntil(s, closed, 1);
    await s.call("ScanWorkflowExecutions", { query: closed });
    const long = `${query} AND ExecutionDuration > '1h'`;
    await s.call("ListWorkflowExecutions", { query: long });
    const byQueue = `TaskQueue = '${queue}' AND HistoryLength >= 5 AND StartTime > 0`;
    await s.call("ListWorkflowExecutions", { query: byQueue });
    await s.call("ListWorkflowExecutions", { query: `RootWorkflowId = '${run.workflowId}'` });
  }),

  scenario("list-filter-errors", async (s) => {
    for (const query of BAD_FILTERS) {
      await s.attempt("ListWorkflowExecutions", { query }, { label: query });
    }
    await s.attempt("CountWorkflowExecutions", { query: "Nothing = 1" });
  }),

  scenario("list-filters-by-search-attributes", async (s) => {
    const workflowId = s.name("workflow");
    const searchAttributes = { indexedFields: ATTRIBUTES };
    const run = await s.start({
      workflowId,
      taskQueue: { name: s.name("queue") },
      searchAttributes,
    });
    await s.describe(run);
    await s.history(run);
    const isRun = `WorkflowId = '${workflowId}'`;
    await listUntil(s, isRun, 1);
    for (const filter of FILTERS) {
      const query = `${isRun} AND ${filter}`;
      await s.call("CountWorkflowExecutions", { query }, { label: filter });
    }
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }),

  scenario("search-attribute-validation", async (s) => {
    for (const [name, value] of BAD_ATTRIBUTES) {
      const request = s.startRequest({
        taskQueue: { name: s.name("queue") },
        searchAttributes: { indexedFields: { [name]: payload(value) } },
      });
      const label = `${name} ${JSON.stringify(value)}`;
      await s.attempt("StartWorkflowExecution", request, { label });
    }
  }),

  scenario(
    "search-attributes-upserted",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const upsert = (indexedFields: PlainObject): PlainObject =>
        command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", { searchAttributes: { indexedFields } });
      await s.runWorkflowTask(queue, [
        upsert({ DiffInt: payload(1), DiffKeyword: payload("one") }),
      ]);
      await s.describe(run);
      await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
      await s.runWorkflowTask(queue, [upsert({ DiffInt: payload(null) })]);
      await s.describe(run);
      await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
      const task = await s.pollWorkflowTask(queue);
      const { taskToken } = task;
      const commands = [upsert({ Nothing: payload(1) })];
      await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands });
      await s.history(run);
      await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
    },
    {
      tolerances: [
        {
          call: "GetWorkflowExecutionHistory",
          path: "response.history.events.*.workflowTaskFailedEventAttributes.failure",
          reason: "The failure has a source here, as of every other illegal command",
        },
      ],
    },
  ),
];

const ATTRIBUTES: PlainObject = {
  DiffKeyword: payload("apple"),
  DiffInt: payload(7),
  DiffDouble: payload(1.5),
  DiffBool: payload(true),
  DiffTime: payload("2026-01-01T00:00:00.123456Z"),
  DiffList: payload(["red", "round"]),
  DiffText: payload("The quick, brown Fox"),
};

const FILTERS = [
  "DiffKeyword = 'apple'",
  "DiffKeyword != 'apple'",
  "DiffKeyword STARTS_WITH 'app'",
  "DiffKeyword NOT STARTS_WITH 'app'",
  "DiffKeyword IN ('pear', 'apple')",
  "DiffKeyword BETWEEN 'a' AND 'b'",
  "DiffInt > 6 AND DiffInt < 8",
  "DiffInt IN (1, 7)",
  "DiffDouble = 1.5",
  "DiffDouble >= 2",
  "DiffBool = true",
  "DiffBool != true",
  "DiffTime BETWEEN '2025-01-01T00:00:00Z' AND '2027-01-01T00:00:00Z'",
  "DiffList = 'red'",
  "DiffList != 'red'",
  "DiffList = 'blue'",
  "DiffList IN ('blue', 'round')",
  "DiffList NOT IN ('blue')",
  "DiffText = 'fox'",
  "DiffText = 'slow quick'",
  "DiffText != 'fox'",
  "DiffText IS NULL",
  "NOT DiffInt = 7",
  "(DiffInt = 1 OR DiffKeyword = 'apple')",
  "TemporalScheduledById IS NULL",
];

const BAD_FILTERS = [
  "Nothing = 1",
  "WorkflowId =",
  "WorkflowId = 'a' WorkflowId",
  "WorkflowId = #",
  "WorkflowId = abc",
  "WorkflowId",
  "WorkflowId LIKE 'a%'",
  "WorkflowId = 5",
  "WorkflowId = NULL",
  "WorkflowId IS TRUE",
  "WorkflowId IN ('a', 5)",
  "WorkflowId IN ()",
  "WorkflowId == 'a'",
  "WorkflowId = 'a",
  "WorkflowId = 'a')",
  "(WorkflowId = 'a'",
  "WorkflowId = 'a' LIMIT 5",
  "Workflowtype = 'a'",
  "AND",
  "1 = 1",
  "HistoryLength STARTS_WITH 'a'",
  "DiffBool = 'true'",
  "DiffBool BETWEEN true AND false",
  "DiffInt = 'x'",
  "DiffDouble = 'x'",
  "DiffTime = 1.5",
  "DiffTime = '2026-01-01'",
  "DiffText < 'a'",
  "DiffText = ''",
  "DiffList > 'a'",
  "DiffList STARTS_WITH 'a'",
  "ExecutionStatus = 99",
  "ExecutionStatus = 'running'",
  "ExecutionStatus = 1.5",
  "ExecutionDuration > 'x'",
  "StartTime BETWEEN '2026-01-01T00:00:00Z' AND 'x'",
];

const BAD_ATTRIBUTES: readonly (readonly [
  string,
  string | number | readonly string[] | readonly number[],
])[] = [
  ["Nothing", 1],
  ["WorkflowId", "x"],
  ["TemporalWorkerDeployment", "x"],
  ["DiffInt", "x"],
  ["DiffInt", 1.5],
  ["DiffKeyword", 5],
  ["DiffKeyword", ["a", "b"]],
  ["DiffTime", "2026"],
  ["DiffBool", "true"],
  ["DiffDouble", "x"],
  ["DiffList", "one"],
  ["DiffList", [1]],
  ["DiffText", 1],
];

/** Starts three workflows of a type of their own: one completes, one is terminated, one stays. */
async function threeRuns(s: Scenario): Promise<{ readonly type: string; readonly queue: string }> {
  const type = s.name("type");
  const workflowType = { name: type };
  const queue = s.name("queue");
  await s.start({ workflowType, taskQueue: { name: queue }, workflowId: s.name("first") });
  await s.runWorkflowTask(queue, [completeWorkflow()]);
  const taskQueue = { name: s.name("other queue") };
  const second = await s.start({ workflowType, taskQueue, workflowId: s.name("second") });
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...second } });
  await s.start({ workflowType, taskQueue, workflowId: s.name("third") });
  return { type, queue };
}

/** Terminates what is open. */
async function cleanUp(s: Scenario, _queue: string, type: string): Promise<void> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  const listed = await s.call("ListWorkflowExecutions", { query });
  for (const execution of pickList(listed, "executions")) {
    const workflowExecution = (execution as PlainObject)["execution"];
    await s.call("TerminateWorkflowExecution", {
      workflowExecution: workflowExecution as unknown as PlainObject,
    });
  }
}

async function untilCount(s: Scenario, query: string, count: number): Promise<void> {
  await s.callUntil(
    "CountWorkflowExecutions",
    { query },
    (response) => pickNumber(response, "count") === count,
  );
}

async function listUntil(s: Scenario, query: string, count: number): Promise<void> {
  await s.callUntil(
    "ListWorkflowExecutions",
    { query },
    (response) => pickList(response, "executions").length === count,
  );
}
