import type { RunState, RunStep, StepEnvironment } from "@perdure/engine";
import { NotFoundError } from "@perdure/kernel";
import type { LoadedRun } from "./loaded-run.js";
import type { WorkflowHost } from "./workflow-host.js";

/** Names a run for a request. */
export interface RunTarget {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
  /** When set, the run must belong to the chain that this run began. */
  readonly firstExecutionRunId?: string;
}

/** Makes a step of a run that is in memory. */
export type StepMaker = (state: RunState, environment: StepEnvironment, run: LoadedRun) => RunStep;

/**
 * Steps a run and waits until that is durable. Returns the ID of the run.
 *
 * @throws {NotFoundError} There is no such run.
 */
export async function stepRun(
  host: WorkflowHost,
  target: RunTarget,
  make: StepMaker,
): Promise<string> {
  const slot = host.slot(target.namespaceId, target.workflowId);
  const run = await slot.run(target.runId);
  checkChain(run.state, target);
  const environment = host.environment(target.namespaceId);
  const step = host.attempt(slot, () => make(run.state, environment, run));
  const { runId } = run.state;
  const { ticket } = host.apply(slot, run, step);
  await ticket?.durable;
  return runId;
}

/**
 * Checks that a run belongs to the chain that the target names.
 *
 * @throws {NotFoundError}
 */
export function checkChain(state: RunState, target: RunTarget): void {
  const first = target.firstExecutionRunId ?? "";
  if (first === "" || first === state.started.firstExecutionRunId) return;
  throw new NotFoundError("workflow execution not found");
}
