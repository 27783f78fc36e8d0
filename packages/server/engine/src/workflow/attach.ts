import type { CallbackInit, LinkInit } from "@perdure/proto/temporal/api/common/v1";
import type { RunState } from "./run-state.js";
import { requireOpen } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";

/** What a start that finds a running workflow leaves with it. */
export interface AttachInput {
  /** Empty: the request's ID is not kept. */
  readonly requestId: string;
  readonly completionCallbacks: readonly CallbackInit[];
  readonly links: readonly LinkInit[];
}

/**
 * Attaches a start request to an open run. The workflow is not told.
 *
 * @throws {NotFoundError} The run has closed.
 */
export function attachToRun(
  run: RunState,
  attached: AttachInput,
  environment: StepEnvironment,
): RunStep {
  requireOpen(run);
  const step = new Step(run, environment);
  const value = {
    attachedRequestId: attached.requestId,
    attachedCompletionCallbacks: attached.completionCallbacks,
  };
  const { links } = attached;
  step.recordOrBuffer(
    { kind: "workflowExecutionOptionsUpdatedEventAttributes", value },
    { links, workerMayIgnore: true },
  );
  return step.finish();
}
