import { command, completeWorkflow, payload } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickBytes, pickList, pickText } from "../wire/plain.js";

export const listPageScenarios = [
  scenario("list-pages", async (s) => {
    const type = await runs(s, ["a", "b", "c", "d", "e"]);
    const query = `WorkflowType = '${type}'`;
    const second = await page(s, "first", { query, pageSize: 2 });
    // A run that starts meanwhile is before the place where the next page begins.
    await runs(s, ["late"], { type });
    await untilListed(s, query, 6);
    const third = await page(s, "second", { query, pageSize: 2, nextPageToken: second });
    await page(s, "third", { query, pageSize: 2, nextPageToken: third });
    await page(s, "third again", { query, pageSize: 2, nextPageToken: third });
    await page(s, "of another size", { query, pageSize: 100, nextPageToken: second });
    await page(s, "of the default size", { query });
    await page(s, "of a negative size", { query, pageSize: -5 });
    await page(s, "of a size that is too large", { query, pageSize: 1_000_000 });
    await endAll(s, type);
  }),

  scenario("list-pages-scanned", async (s) => {
    const type = await runs(s, ["a", "b", "c"]);
    const query = `WorkflowType = '${type}'`;
    const options = { summary: workflowIds };
    const first = await s.call("ScanWorkflowExecutions", { query, pageSize: 2 }, options);
    const nextPageToken = pickBytes(first, "nextPageToken");
    await s.call("ScanWorkflowExecutions", { query, pageSize: 2, nextPageToken }, options);
    await s.attempt("ScanWorkflowExecutions", { query: "Nothing = 1" });
    await endAll(s, type);
  }),

  scenario("list-pages-of-open-and-closed", async (s) => {
    const type = await runs(s, ["a", "b", "c"]);
    const typeFilter = { name: type };
    const options = { summary: workflowIds };
    const open = { typeFilter, maximumPageSize: 2 };
    const first = await s.call("ListOpenWorkflowExecutions", open, options);
    const nextPageToken = pickBytes(first, "nextPageToken");
    await s.call("ListOpenWorkflowExecutions", { ...open, nextPageToken }, options);
    await endAll(s, type);
    await untilListed(s, `WorkflowType = '${type}' AND ExecutionStatus = 'Terminated'`, 3);
    const closed = { typeFilter, maximumPageSize: 2 };
    const firstClosed = await s.call("ListClosedWorkflowExecutions", closed, options);
    const token = pickBytes(firstClosed, "nextPageToken");
    await s.call("ListClosedWorkflowExecutions", { ...closed, nextPageToken: token }, options);
    await s.call("ListOpenWorkflowExecutions", open, options);
    for (const rpc of ["ListOpenWorkflowExecutions", "ListClosedWorkflowExecutions"]) {
      await s.attempt(rpc, { typeFilter, maximumPageSize: -1 }, options);
      await s.attempt(rpc, { typeFilter, maximumPageSize: 100_000 }, options);
      await s.attempt(rpc, { typeFilter: {} }, { summary: () => [] });
      await s.attempt(rpc, { executionFilter: {} }, { summary: () => [] });
      await s.attempt(rpc, { namespace: s.name("missing"), typeFilter });
    }
  }),

  scenario("list-requests-refused", async (s) => {
    const namespace = s.name("missing");
    for (const rpc of [
      "ListWorkflowExecutions",
      "ScanWorkflowExecutions",
      "CountWorkflowExecutions",
      "ListArchivedWorkflowExecutions",
    ]) {
      await s.attempt(rpc, { namespace });
      await s.attempt(rpc, { namespace: "" });
    }
    for (const query of COUNT_ERRORS) {
      await s.attempt("CountWorkflowExecutions", { query }, { label: query });
    }
    for (const query of CLAUSE_ERRORS) {
      await s.attempt("ListWorkflowExecutions", { query }, { label: query });
    }
  }),

  scenario("list-in-default-order", async (s) => {
    const type = s.name("type");
    const queue = s.name("queue");
    const other = s.name("other");
    await runs(s, ["first"], { type, queue });
    await s.pause(20);
    await runs(s, ["second"], { type });
    await s.pause(20);
    await runs(s, ["third"], { type, queue: other });
    const query = `WorkflowType = '${type}'`;
    await untilListed(s, query, 3);
    await page(s, "open: by start", { query });
    await s.runWorkflowTask(queue, [completeWorkflow()]);
    await untilListed(s, `${query} AND ExecutionStatus = 'Completed'`, 1);
    await page(s, "closed after open", { query });
    await s.pause(20);
    await s.runWorkflowTask(other, [command("FAIL_WORKFLOW_EXECUTION", { failure: {} })]);
    await untilListed(s, `${query} AND ExecutionStatus = 'Failed'`, 1);
    await page(s, "closed: by end", { query });
    await endAll(s, type);
  }),

  scenario("count-groups-of-all-statuses", async (s) => {
    const type = s.name("type");
    const query = `WorkflowType = '${type}'`;
    const ends = {
      completed: completeWorkflow(),
      canceled: command("CANCEL_WORKFLOW_EXECUTION", {}),
      failed: command("FAIL_WORKFLOW_EXECUTION", { failure: {} }),
      continued: command("CONTINUE_AS_NEW_WORKFLOW_EXECUTION", { workflowType: { name: type } }),
    };
    for (const [name, end] of Object.entries(ends)) {
      const queue = s.name("queue");
      await runs(s, [name], { type, queue });
      await s.runWorkflowTask(queue, [end]);
    }
    await untilListed(s, `${query} AND ExecutionStatus != 'Running'`, 4);
    await untilListed(s, query, 5);
    await s.call("CountWorkflowExecutions", { query: `${query} GROUP BY ExecutionStatus` });
    await s.call("CountWorkflowExecutions", { query: `${query} group by \`ExecutionStatus\`` });
    const open = `${query} AND ExecutionStatus = 'Running' GROUP BY ExecutionStatus`;
    await s.call("CountWorkflowExecutions", { query: open });
    await endAll(s, type);
  }),

  scenario("list-shows-children-and-attributes", async (s) => {
    const queue = s.name("queue");
    const type = s.name("type");
    const workflowId = s.name("parent");
    const childId = s.name("child");
    const workflowType = { name: type };
    await s.start({ workflowId, workflowType, taskQueue: { name: queue } });
    const child = { workflowId: childId, workflowType, taskQueue: { name: s.name("idle") } };
    await s.runWorkflowTask(queue, [
      command("START_CHILD_WORKFLOW_EXECUTION", {
        ...child,
        memo: { fields: { note: payload("child") } },
        searchAttributes: { indexedFields: { DiffKeyword: payload("child") } },
      }),
    ]);
    await untilListed(s, `WorkflowType = '${type}'`, 2);
    await untilListed(s, `WorkflowType = '${type}' AND BuildIds = 'unversioned'`, 1);
    const filters = {
      "by parent": `ParentWorkflowId = '${workflowId}'`,
      "by root": `RootWorkflowId = '${workflowId}' AND ParentWorkflowId IS NOT NULL`,
      "without parent": `WorkflowType = '${type}' AND ParentWorkflowId IS NULL`,
      "by another parent": `WorkflowType = '${type}' AND ParentWorkflowId != 'other'`,
    };
    for (const [label, query] of Object.entries(filters)) {
      await s.call("ListWorkflowExecutions", { query }, { label });
    }
    await endAll(s, type);
  }),
];

const COUNT_ERRORS = [
  "GROUP BY ExecutionStatus, ExecutionStatus",
  "GROUP BY StartTime",
  "GROUP BY DiffKeyword",
  "GROUP BY DiffList",
  "GROUP BY Nothing",
  "GROUP BY 'a'",
  "GROUP BY",
  "GROUP ExecutionStatus",
  "GROUP BY ExecutionStatus LIMIT 1",
  "WorkflowId = 'a' GROUP BY lower(WorkflowId)",
];

const CLAUSE_ERRORS = [
  "WorkflowId = 'a' LIMIT 5",
  "LIMIT 5",
  "ORDER BY",
  "ORDER BY Nothing",
  "ORDER BY DiffText",
  "ORDER BY 'a'",
  "ORDER BY StartTime UP",
  "ORDER StartTime",
  "WorkflowId = 'a' ORDER BY",
  "WorkflowId = 'a' ORDER BY Nothing",
  "WorkflowId = 'a' ORDER",
];

/** Starts runs of one type, one after the other. */
async function runs(
  s: Scenario,
  names: readonly string[],
  place: { readonly type?: string; readonly queue?: string } = {},
): Promise<string> {
  const { type = s.name("type"), queue = s.name("idle") } = place;
  for (const name of names) {
    await s.start({
      workflowId: s.name(name),
      workflowType: { name: type },
      taskQueue: { name: queue },
    });
    await s.pause(5);
  }
  await untilListed(s, `WorkflowType = '${type}' AND WorkflowId STARTS_WITH '${names.at(-1)}'`, 1);
  return type;
}

/** Lists and shows the workflow IDs in their order; returns where the next page begins. */
async function page(s: Scenario, label: string, request: PlainObject): Promise<Uint8Array> {
  const options = { label, summary: workflowIds };
  const response = await s.attempt("ListWorkflowExecutions", request, options);
  return pickBytes(response, "nextPageToken");
}

function workflowIds(response: PlainObject): readonly string[] {
  const ids = pickList(response, "executions").map((each) =>
    pickText(each, "execution.workflowId"),
  );
  return pickBytes(response, "nextPageToken").length > 0 ? [...ids, "and more"] : ids;
}

async function untilListed(s: Scenario, query: string, count: number): Promise<void> {
  await s.callUntil("CountWorkflowExecutions", { query }, (response) => response.count === count);
}

async function endAll(s: Scenario, type: string): Promise<void> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  const listed = await s.call("ListWorkflowExecutions", { query }, { summary: () => [] });
  for (const execution of pickList(listed, "executions")) {
    const workflowExecution = { workflowId: pickText(execution, "execution.workflowId") };
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }
}
