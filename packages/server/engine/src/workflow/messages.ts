import { InvalidArgumentError, ResourceExhaustedError } from "@perdure/kernel";

import type {
  HeaderInit,
  LinkInit,
  PayloadsInit,
  WorkflowExecutionInit,
} from "@perdure/proto/temporal/api/common/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";

import type { EventAttributes } from "./event-types.js";
import { hasStartedTask, isOpen, isPaused, type RunState, requireOpen } from "./run-state.js";

import { type EventOptions, type RunStep, Step, type StepEnvironment } from "./step.js";
import {
  abandonWorkflowTask,
  ensureWorkflowTask,
  failWorkflowTask,
  scheduleWorkflowTask,
} from "./workflow-task.js";

export interface SignalInput {
  readonly signalName: string;
  readonly input: PayloadsInit | undefined;
  readonly identity: string;
  readonly header: HeaderInit | undefined;
  readonly requestId: string;
  readonly skipGenerateWorkflowTask?: boolean;
  /** Whether a run that waits for its first workflow task gets it at once. */
  readonly skipsBackoff?: boolean;
  readonly externalWorkflowExecution?: WorkflowExecutionInit;
  readonly links?: readonly LinkInit[] | undefined;
}

/**
 * Keeps newcomers away from a workflow whose attempt to close failed because of news: while its
 * worker tries again nothing new comes, so that the workflow can close at all.
 *
 * @throws {ResourceExhaustedError}
 */
export function refuseWhileClosing(run: RunState): void {
  if (!hasStartedTask(run)) return;
  throw new ResourceExhaustedError(
    "workflow operation can not be applied because workflow is closing",
    { cause: "BUSY_WORKFLOW", scope: "NAMESPACE" },
  );
}

/**
 * Delivers a signal. A repeated request ID changes nothing.
 *
 * @throws {NotFoundError} The run has closed.
 * @throws {InvalidArgumentError} The run has had as many signals as it takes.
 */
export function signalRun(
  run: RunState,
  signal: SignalInput,
  environment: StepEnvironment,
): RunStep {
  requireOpen(run);
  const step = new Step(run, environment);
  if (run.signalRequestIds.has(signal.requestId) && signal.requestId !== "") return step.finish();
  if (run.signals.count >= environment.limits.signalsMax) {
    throw new InvalidArgumentError("exceeded workflow execution limit for signal events");
  }
  recordSignal(step, signal);
  if (signal.skipGenerateWorkflowTask !== true) {
    // A start with a signal does not wait for the run's back-off, a plain signal does.
    if (signal.skipsBackoff === true) scheduleMissingTask(step);
    else ensureWorkflowTask(step);
  }
  limitBuffer(step);
  return step.finish();
}

/** Records a signal and remembers its request ID. */
export function recordSignal(step: Step, signal: SignalInput): void {
  const { signalName, input, identity, header, externalWorkflowExecution, requestId } = signal;
  const skipGenerateWorkflowTask = signal.skipGenerateWorkflowTask ?? false;
  const value = {
    signalName,
    input,
    identity,
    header,
    skipGenerateWorkflowTask,
    externalWorkflowExecution,
    requestId,
  };
  const { links } = signal;
  step.recordOrBuffer({ kind: "workflowExecutionSignaledEventAttributes", value }, { links });
  if (requestId !== "") step.addSignalRequestId(requestId);
}

/** Schedules a workflow task unless one is pending, also during a start delay or back-off. */
function scheduleMissingTask(step: Step): void {
  if (step.draft.workflowTask === undefined && !isPaused(step.draft)) scheduleWorkflowTask(step);
}

/** Records news that came from outside and sees to it that the workflow learns of it. */
export function tellWorkflow(
  step: Step,
  attributes: EventAttributes,
  options: EventOptions = {},
): void {
  step.recordOrBuffer(attributes, options);
  ensureWorkflowTask(step);
  limitBuffer(step);
}

/** Fails the running workflow task when too many events wait for it: they are delivered at once. */
function limitBuffer(step: Step): void {
  if (step.draft.buffered.size <= step.environment.limits.bufferedEventsMax) return;
  if (!hasStartedTask(step.draft)) return;
  const attempt = failWorkflowTask(step, {
    cause: WorkflowTaskFailedCause.FORCE_CLOSE_COMMAND,
    failure: undefined,
    identity: "history-service",
  });
  step.flushBuffered();
  scheduleWorkflowTask(step, { attempt });
}

export interface CancelInput {
  readonly requestId: string;
  readonly identity: string;
  readonly cause: string;
  readonly links?: readonly LinkInit[] | undefined;
  /** The workflow that asks, and the event of it that began this; absent for a client. */
  readonly externalWorkflowExecution?: WorkflowExecutionInit;
  readonly externalInitiatedEventId?: number;
}

/** Asks the workflow to cancel itself; nothing happens if it was asked before or has closed. */
export function requestCancelRun(
  run: RunState,
  cancel: CancelInput,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  if (!isOpen(run) || run.isCancelRequested) return step.finish();
  const { cause, identity, links, externalWorkflowExecution } = cancel;
  const externalInitiatedEventId = BigInt(cancel.externalInitiatedEventId ?? 0);
  const value = { cause, identity, externalInitiatedEventId, externalWorkflowExecution };
  step.recordOrBuffer(
    { kind: "workflowExecutionCancelRequestedEventAttributes", value },
    { links },
  );
  step.setCancelRequestId(cancel.requestId);
  scheduleMissingTask(step);
  return step.finish();
}

export interface TerminateInput {
  readonly reason: string;
  readonly details: PayloadsInit | undefined;
  readonly identity: string;
  readonly links?: readonly LinkInit[] | undefined;
}

/**
 * Closes the run without asking the workflow.
 *
 * @throws {NotFoundError} The run has closed.
 */
export function terminateRun(
  run: RunState,
  terminate: TerminateInput,
  environment: StepEnvironment,
): RunStep {
  requireOpen(run);
  const step = new Step(run, environment);
  abandonWorkflowTask(step);
  recordTerminated(step, terminate);
  return step.finish();
}

/** Records the termination of a run that has no running workflow task. */
export function recordTerminated(step: Step, terminate: TerminateInput): void {
  const { reason, details, identity, links } = terminate;
  const value = { reason, details, identity };
  step.record({ kind: "workflowExecutionTerminatedEventAttributes", value }, { links });
  step.changeList();
}
