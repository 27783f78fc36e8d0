import { FailedPreconditionError } from "@perdure/kernel";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { offerActivity } from "./activity.js";
import { isPaused, type RunState, requireOpen } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";
import { scheduleWorkflowTask } from "./workflow-task.js";

/** Who pauses a run, or lets it go on, and why. */
export interface PauseInput {
  readonly identity: string;
  readonly reason: string;
  readonly requestId: string;
}

/**
 * Pauses a run: it gets no workflow tasks and its activities no workers until it goes on. News is
 * taken, timers fire, and who has a task may finish it. A repeated request changes nothing.
 *
 * @throws {NotFoundError} The run has closed.
 * @throws {FailedPreconditionError} It is paused already.
 */
export function pauseRun(run: RunState, pause: PauseInput, environment: StepEnvironment): RunStep {
  requireOpen(run);
  const step = new Step(run, environment);
  if (isPaused(run)) {
    const isRepeated = pause.requestId !== "" && run.uncommon.pause?.requestId === pause.requestId;
    if (isRepeated) return step.finish();
    throw new FailedPreconditionError("workflow is already paused.");
  }
  takeTaskBack(step);
  const kind = "workflowExecutionPausedEventAttributes";
  step.recordOrBuffer({ kind, value: pause }, { workerMayIgnore: true });
  // Tasks of activities that wait in queues are stale from now on.
  for (const activity of step.draft.activities.values()) {
    if (activity.progress.startedAtMs !== 0) continue;
    const { progress } = activity;
    step.putActivity({ ...activity, progress: { ...progress, stamp: progress.stamp + 1 } });
  }
  step.changeList();
  return step.finish();
}

/** Fails the workflow task that no worker has got: another one comes when the run goes on. */
function takeTaskBack(step: Step): void {
  const task = step.draft.workflowTask;
  if (task === undefined || task.startedEventId !== 0) return;
  if (task.isSpeculative === true) {
    step.setSpeculativeTask(undefined);
    return;
  }
  if (!task.isTransient) {
    const value = {
      scheduledEventId: BigInt(task.scheduledEventId),
      cause: WorkflowTaskFailedCause.WORKFLOW_PAUSE_REQUESTED_BEFORE_TASK_STARTED,
      identity: "history-service",
    };
    step.record({ kind: "workflowTaskFailedEventAttributes", value });
  }
  step.setWorkflowTask(undefined);
}

/**
 * Lets a paused run go on, with a workflow task for what came meanwhile.
 *
 * @throws {NotFoundError} The run has closed.
 * @throws {FailedPreconditionError} It is not paused.
 */
export function unpauseRun(
  run: RunState,
  unpause: PauseInput,
  environment: StepEnvironment,
): RunStep {
  requireOpen(run);
  if (!isPaused(run)) throw new FailedPreconditionError("workflow is not paused.");
  const step = new Step(run, environment);
  const kind = "workflowExecutionUnpausedEventAttributes";
  step.recordOrBuffer({ kind, value: unpause }, { workerMayIgnore: true });
  for (const activity of step.draft.activities.values()) {
    const { progress } = activity;
    const isHeldBack = progress.isBackingOff || progress.pause !== undefined;
    if (progress.startedAtMs === 0 && !isHeldBack) offerActivity(step, activity);
  }
  if (step.draft.workflowTask === undefined) scheduleWorkflowTask(step);
  step.changeList();
  return step.finish();
}
