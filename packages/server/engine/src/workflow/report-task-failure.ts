import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { recordTerminated } from "./messages.js";
import { type RunState, requireOpen } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";
import {
  abandonWorkflowTask,
  failWorkflowTask,
  heldWorkflowTask,
  scheduleWorkflowTask,
  type TaskProof,
} from "./workflow-task.js";

export interface TaskFailureInput {
  readonly proof: TaskProof;
  readonly cause: WorkflowTaskFailedCause;
  readonly failure: FailureInit | undefined;
  readonly identity: string;
  readonly binaryChecksum: string;
}

/**
 * Ends a workflow task that its worker could not do; another attempt follows at once.
 *
 * @throws {NotFoundError} The worker does not hold the current task, or the run has closed.
 */
export function reportTaskFailure(
  run: RunState,
  failed: TaskFailureInput,
  environment: StepEnvironment,
): RunStep {
  requireOpen(run);
  heldWorkflowTask(run, failed.proof);
  const step = new Step(run, environment);
  if (failed.cause === WorkflowTaskFailedCause.GRPC_MESSAGE_TOO_LARGE) {
    abandonWorkflowTask(step);
    const reason = "GrpcMessageTooLarge";
    recordTerminated(step, { reason, details: undefined, identity: "history-service" });
    return step.finish();
  }
  const attempt = failWorkflowTask(step, failed);
  scheduleWorkflowTask(step, { attempt });
  return step.finish();
}
