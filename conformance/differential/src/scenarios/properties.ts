import { command, completeWorkflow, payload } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";
import type { Plain, PlainObject } from "../wire/plain.js";

/** What a running workflow changes of itself: its search attributes and its memo. */
export const propertyScenarios = [
  scenario("upsert-search-attributes-typed", async (s) => {
    await changeInTurn(s, {}, [
      upsert({ DiffKeyword: payload("k"), DiffInt: payload(3), DiffBool: payload(true) }),
      upsert({ DiffDouble: payload(1.5), DiffList: payload(["a", "b"]), DiffText: payload("t") }),
      upsert({ DiffTime: payload("2024-01-02T03:04:05Z"), DiffInt: payload(4) }),
    ]);
  }),

  scenario("upsert-search-attributes-unset", async (s) => {
    const indexedFields = {
      DiffKeyword: payload("k"),
      DiffInt: payload(3),
      DiffBool: payload(true),
    };
    await changeInTurn(s, { searchAttributes: { indexedFields } }, [
      upsert({ DiffKeyword: payload(null) }),
      upsert({ DiffInt: payload([]) }),
      upsert({ DiffBool: { metadata: { encoding: "binary/null" } } }),
    ]);
  }),

  ...Object.entries({
    unknown: { NoSuchAttribute: payload("x") },
    "of-wrong-type": { DiffInt: payload("not a number") },
    "of-system": { ExecutionStatus: payload("Running") },
    "of-column": { Keyword01: payload("x") },
  }).map(([label, fields]) =>
    scenario(`upsert-search-attribute-${label}`, async (s) => {
      await refused(s, upsert(fields));
    }),
  ),

  scenario("modify-properties-merges-memo", async (s) => {
    const memo = { fields: { kept: payload("start"), changed: payload("start") } };
    await changeInTurn(s, { memo }, [
      modify({ changed: payload("new"), added: payload(1) }),
      modify({ changed: payload(null), kept: payload([]) }),
      modify({ added: { metadata: { encoding: "binary/null" } }, kept: payload({ a: 1 }) }),
    ]);
  }),

  scenario("modify-properties-without-memo-before", async (s) => {
    await changeInTurn(s, {}, [modify({ gone: payload(null) }), modify({ first: payload("v") })]);
  }),
];

type Fields = Readonly<Record<string, Plain>>;

function upsert(indexedFields: Fields): PlainObject {
  return command("UPSERT_WORKFLOW_SEARCH_ATTRIBUTES", { searchAttributes: { indexedFields } });
}

function modify(fields: Fields): PlainObject {
  return command("MODIFY_WORKFLOW_PROPERTIES", { upsertedMemo: { fields } });
}

/** Answers one workflow task with each command, and describes the run after each. */
async function changeInTurn(
  s: Scenario,
  fields: PlainObject,
  commands: readonly PlainObject[],
): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue }, ...fields });
  const workflowExecution = { ...run };
  for (const [index, change] of commands.entries()) {
    if (index > 0) {
      await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "next" });
    }
    await s.runWorkflowTask(queue, [change]);
    await s.describe(run);
  }
  await s.call("SignalWorkflowExecution", { workflowExecution, signalName: "end" });
  await s.runWorkflowTask(queue, [completeWorkflow()]);
  await s.describe(run);
  await s.closedHistory(run);
}

/** Answers with a command that the server does not take. */
async function refused(s: Scenario, change: PlainObject): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  const { taskToken } = await s.pollWorkflowTask(queue);
  await s.attempt("RespondWorkflowTaskCompleted", { taskToken, commands: [change] });
  await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  await s.history(run);
}
