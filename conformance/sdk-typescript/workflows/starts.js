import { ApplicationFailure, workflowInfo } from "@temporalio/workflow";

/** One more than the run before returned. */
export async function countRuns() {
  return (workflowInfo().lastResult ?? 0) + 1;
}

export async function failUntil(attempt) {
  const current = workflowInfo().attempt;
  if (current < attempt) throw ApplicationFailure.create({ message: `run ${current} fails` });
  return current;
}
