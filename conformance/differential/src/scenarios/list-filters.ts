// cspell:ignore herry über
import { completeWorkflow, payload } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import { type PlainObject, pickList, pickText } from "../wire/plain.js";
import {
  ALIAS_FILTERS,
  DURATION_FILTERS,
  LIST_FILTERS,
  SYSTEM_FILTERS,
  TEXT_FILTERS,
} from "./list-filter-attributes.js";
import {
  LITERAL_FILTERS,
  LOGIC_FILTERS,
  SYNTAX_ERRORS,
  UNSUPPORTED_FILTERS,
} from "./list-filter-language.js";
import {
  BOOL_FILTERS,
  KEYWORD_FILTERS,
  NUMBER_FILTERS,
  TIME_FILTERS,
} from "./list-filter-values.js";

const TABLES: Readonly<Record<string, readonly string[]>> = {
  "keyword-attributes": KEYWORD_FILTERS,
  numbers: NUMBER_FILTERS,
  times: TIME_FILTERS,
  "truth-values": BOOL_FILTERS,
  "keyword-lists": LIST_FILTERS,
  texts: TEXT_FILTERS,
  "system-attributes": SYSTEM_FILTERS,
  durations: DURATION_FILTERS,
  logic: LOGIC_FILTERS,
  aliases: ALIAS_FILTERS,
  literals: LITERAL_FILTERS,
  "syntax-errors": SYNTAX_ERRORS,
  unsupported: UNSUPPORTED_FILTERS,
};

/** One scenario for each table: which of the same five runs match each filter, or its error. */
export const listFilterScenarios = Object.entries(TABLES).map(([name, filters]) =>
  scenario(`list-filter-of-${name}`, async (s) => {
    const type = await fiveRuns(s);
    for (const filter of filters) await matches(s, type, filter);
    await endAll(s, type);
  }),
);

const RUNS: Readonly<Record<string, PlainObject>> = {
  apple: {
    DiffKeyword: payload("apple"),
    DiffInt: payload(7),
    DiffDouble: payload(1.5),
    DiffBool: payload(true),
    DiffTime: payload("2026-01-01T00:00:00.123456Z"),
    DiffList: payload(["red", "round", "two words"]),
    DiffText: payload("The quick, brown Fox"),
  },
  banana: {
    DiffKeyword: payload("Banana"),
    DiffInt: payload(-2),
    DiffDouble: payload(-0.25),
    DiffBool: payload(false),
    DiffTime: payload("2025-06-30T12:00:00+02:00"),
    DiffList: payload(["yellow"]),
    DiffText: payload("lazy dogs sleep"),
    BatcherUser: payload("somebody"),
  },
  cherry: {
    DiffKeyword: payload("100%_c'herry"),
    DiffInt: payload(0),
    DiffDouble: payload(7),
    DiffList: payload([]),
    DiffText: payload("fox-trot über café"),
    TemporalChangeVersion: payload(["change-1", "change-2"]),
  },
  date: { DiffKeyword: payload(""), DiffInt: payload(null), DiffList: payload(["Red"]) },
  elder: {},
};

/** Starts five runs: cherry completes, date is terminated, the others stay open. */
async function fiveRuns(s: Scenario): Promise<string> {
  const type = s.name("type");
  const queue = s.name("queue");
  for (const [name, indexedFields] of Object.entries(RUNS)) {
    const request = s.startRequest({
      workflowId: s.name(name),
      workflowType: { name: type },
      taskQueue: { name: name === "cherry" ? queue : s.name("idle") },
      searchAttributes: { indexedFields },
    });
    const response = await s.call("StartWorkflowExecution", request);
    if (name === "cherry") await s.runWorkflowTask(queue, [completeWorkflow()]);
    if (name !== "date") continue;
    const workflowExecution = {
      workflowId: pickText(request, "workflowId"),
      runId: pickText(response, "runId"),
    };
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }
  await untilListed(s, `WorkflowType = '${type}'`, 5);
  await untilListed(s, `WorkflowType = '${type}' AND ExecutionStatus = 'Completed'`, 1);
  await untilListed(s, `WorkflowType = '${type}' AND ExecutionStatus = 'Terminated'`, 1);
  return type;
}

async function untilListed(s: Scenario, query: string, count: number): Promise<void> {
  await s.callUntil("CountWorkflowExecutions", { query }, (response) => response.count === count);
}

/** Filters see only the runs of the scenario, if they can be read. */
async function matches(s: Scenario, type: string, filter: string): Promise<void> {
  const query = `WorkflowType = '${type}' AND (${filter})`;
  const options = { label: filter, summary: workflowIds };
  await s.attempt("ListWorkflowExecutions", { query }, options);
}

/** The workflow IDs of a page, sorted: the order of runs of one moment is chance. */
function workflowIds(response: PlainObject): readonly string[] {
  const executions = pickList(response, "executions");
  return executions.map((execution) => pickText(execution, "execution.workflowId")).sort();
}

async function endAll(s: Scenario, type: string): Promise<void> {
  const query = `WorkflowType = '${type}' AND ExecutionStatus = 'Running'`;
  const listed = await s.call("ListWorkflowExecutions", { query }, { summary: workflowIds });
  for (const execution of pickList(listed, "executions")) {
    const workflowExecution = { workflowId: pickText(execution, "execution.workflowId") };
    await s.call("TerminateWorkflowExecution", { workflowExecution });
  }
}
