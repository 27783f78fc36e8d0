import { payload } from "../commands.js";
import type { Scenario, WorkflowRef } from "../scenario.js";
import { type PlainObject, pick, pickList } from "../wire/plain.js";

/** Fields that every operation has. */
export const WHO: PlainObject = { identity: "operator" };

/** Starts workflows that a filter tells from all others. */
export async function startOwn(
  s: Scenario,
  count: number,
): Promise<{
  readonly own: string;
  readonly queue: string;
  readonly runs: readonly WorkflowRef[];
}> {
  const key = s.name("key");
  const queue = s.name("queue");
  const searchAttributes = { indexedFields: { DiffKeyword: payload(key) } };
  const runs: WorkflowRef[] = [];
  for (let n = 0; n < count; n++) {
    runs.push(await s.start({ taskQueue: { name: queue }, searchAttributes }));
  }
  const own = `DiffKeyword = '${key}'`;
  const isThere = (response: PlainObject): boolean =>
    pickList(response, "executions").length === count;
  await s.settle(
    "ListWorkflowExecutions",
    { query: own },
    (outcome) => outcome.kind === "response" && isThere(outcome.response),
  );
  return { own, queue, runs };
}

export async function begin(s: Scenario, request: PlainObject): Promise<string> {
  const jobId = s.name("job");
  await s.call("StartBatchOperation", { jobId, reason: "because", ...request });
  return jobId;
}

export async function untilEnded(s: Scenario, jobId: string): Promise<void> {
  await s.callUntil(
    "DescribeBatchOperation",
    { jobId },
    (response) => pick(response, "state") !== "BATCH_OPERATION_STATE_RUNNING",
  );
}

export async function terminateAll(s: Scenario, runs: readonly WorkflowRef[]): Promise<void> {
  for (const run of runs) {
    await s.call("TerminateWorkflowExecution", { workflowExecution: { ...run } });
  }
}
