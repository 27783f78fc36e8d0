import {
  FailedPreconditionError,
  NotFoundError,
  ResourceExhaustedError,
  WorkflowNotReadyError,
} from "@perdure/kernel";
import type { MessageInit } from "@perdure/proto/temporal/api/protocol/v1";
import { Request, type RequestInit } from "@perdure/proto/temporal/api/update/v1";
import { hasStartedTask, isOpen, isPaused, type RunState } from "./run-state.js";
import { scheduleSpeculativeTask } from "./speculative-task.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";
import { updateStatus } from "./update-notices.js";

/** A checked request to update a workflow: its ID and name are there. */
export interface UpdateInput {
  readonly updateId: string;
  readonly request: RequestInit;
}

/** Attempts of a failing workflow task after which updates are turned away. */
const FAILING_ATTEMPTS = 3;

/**
 * Lets an update wait for the workflow's answer; a workflow task that carries it is scheduled
 * unless one is pending. One that is known by its ID changes nothing. Nothing is stored.
 *
 * @throws {NotFoundError} The run has closed, and knows no update with this ID.
 * @throws {WorkflowNotReadyError} The run's workflow task keeps failing.
 * @throws {ResourceExhaustedError} Too many updates, or too large ones, wait for their outcome.
 * @throws {FailedPreconditionError} The run is paused, or has had as many updates as it may.
 */
export function admitUpdate(
  run: RunState,
  update: UpdateInput,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const isKnown = updateStatus(run, update.updateId) !== undefined;
  if (!isOpen(run)) {
    if (isKnown) return step.finish();
    throw new NotFoundError("workflow execution already completed");
  }
  if (isPaused(run)) {
    throw new FailedPreconditionError("Workflow is paused. Cannot update the workflow.");
  }
  if ((run.workflowTask?.attempt ?? 1) >= FAILING_ATTEMPTS) {
    throw new WorkflowNotReadyError(
      "Unable to perform workflow execution update due to Workflow Task in failed state.",
    );
  }
  if (isKnown) return step.finish();
  putUpdate(step, update);
  if (run.workflowTask === undefined) scheduleSpeculativeTask(step);
  return step.finish();
}

/** Admits an update within a step that does more. Errors as `admitUpdate` for the limits. */
export function putUpdate(step: Step, update: UpdateInput): void {
  checkInFlight(step);
  checkTotal(step);
  const requestBytes = Request.encode(update.request);
  checkBytes(step, requestBytes.length);
  const { request } = update;
  step.putAdmittedUpdate(update.updateId, { request, requestBytes, sentEventId: 0 });
}

/**
 * Forgets updates that no worker has, by their IDs, and the workflow task in memory that would
 * have brought them. Nobody is told: nobody waits for them.
 */
export function forgetUpdates(
  run: RunState,
  isForgotten: (updateId: string) => boolean,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  for (const [updateId, { sentEventId, isByEvent }] of run.admittedUpdates) {
    // What an event admitted is in the history, where the worker finds it.
    const isHeld = isByEvent === true || (sentEventId > 0 && hasStartedTask(run));
    if (isHeld || !isForgotten(updateId)) continue;
    step.setAdmittedUpdates(step.draft.admittedUpdates.delete(updateId));
  }
  const task = step.draft.workflowTask;
  const isNeeded = !step.draft.admittedUpdates.isEmpty() || task?.startedEventId !== 0;
  if (task?.isSpeculative === true && !isNeeded) step.setSpeculativeTask(undefined);
  return step.finish();
}

function inFlightCount(run: RunState): number {
  return run.admittedUpdates.size + run.updates.size - run.completedUpdateCount;
}

function checkInFlight(step: Step): void {
  const { inFlightUpdatesMax } = step.environment.limits;
  if (inFlightUpdatesMax === 0 || inFlightCount(step.draft) < inFlightUpdatesMax) return;
  throw new ResourceExhaustedError(
    `limit on number of concurrent in-flight updates has been reached (${inFlightUpdatesMax})`,
    { cause: "CONCURRENT_LIMIT", scope: "NAMESPACE" },
  );
}

/**
 * Checks that the run may have one more update.
 *
 * @throws {FailedPreconditionError}
 */
export function checkTotal(step: Step): void {
  const { updatesMax } = step.environment.limits;
  const count = step.draft.admittedUpdates.size + step.draft.updates.size;
  if (updatesMax === 0 || count < updatesMax) return;
  throw new FailedPreconditionError(
    `The limit on the total number of distinct updates in this workflow has been reached (${updatesMax}). ` +
      "Make sure any duplicate updates share an Update ID so the server can deduplicate them, and consider rejecting updates that you aren't going to process. " +
      "You can also Continue-as-New to avoid this; we recommend you check Continue-as-New Suggested in your Workflow.",
  );
}

function checkBytes(step: Step, requestBytes: number): void {
  const { inFlightUpdateBytesMax } = step.environment.limits;
  if (inFlightUpdateBytesMax === 0) return;
  let sizeBytes = requestBytes;
  for (const [updateId, update] of step.draft.admittedUpdates) {
    sizeBytes += updateId.length * 2 + update.requestBytes.length;
  }
  if (sizeBytes < inFlightUpdateBytesMax) return;
  throw new ResourceExhaustedError(
    `limit on total payload size of in-flight updates has been reached (${inFlightUpdateBytesMax} bytes)`,
    { cause: "CONCURRENT_LIMIT", scope: "NAMESPACE" },
  );
}

/** Whether the run has had so many updates that it should continue as new. */
export function areUpdatesTooMany(step: Step): boolean {
  const { updatesMax, updatesSuggestedShare } = step.environment.limits;
  const suggestedCount = Math.ceil(updatesMax * updatesSuggestedShare);
  if (suggestedCount === 0) return false;
  return step.draft.admittedUpdates.size + step.draft.updates.size >= suggestedCount;
}

/** Puts the updates that wait into the workflow task that was just started. */
export function sendUpdates(step: Step, isHeartbeat: boolean): void {
  const { admittedUpdates, workflowTask } = step.draft;
  if (admittedUpdates.isEmpty() || workflowTask === undefined) return;
  const sentEventId = workflowTask.startedEventId;
  const sent = admittedUpdates.map((update) =>
    isHeartbeat && update.sentEventId > 0 ? update : { ...update, sentEventId },
  );
  step.setAdmittedUpdates(sent);
}

/** Type URL of the requests that workers get. */
const REQUEST_TYPE_URL = `type.googleapis.com/${Request.typeName}`;
const NO_MESSAGES: readonly MessageInit[] = [];

/** ID of the message that brings an update to a worker. */
export function requestMessageId(updateId: string): string {
  return `${updateId}/request`;
}

/** The messages that the started workflow task brings to its worker. */
export function taskMessages(run: RunState): readonly MessageInit[] {
  if (run.admittedUpdates.isEmpty() || run.workflowTask === undefined) return NO_MESSAGES;
  const { startedEventId } = run.workflowTask;
  const messages: MessageInit[] = [];
  for (const [updateId, update] of run.admittedUpdates) {
    // The worker finds an update that an event admitted in the history.
    if (update.sentEventId !== startedEventId || update.isByEvent === true) continue;
    messages.push({
      id: requestMessageId(updateId),
      protocolInstanceId: updateId,
      sequencingId: { kind: "eventId", value: BigInt(startedEventId - 1) },
      body: { typeUrl: REQUEST_TYPE_URL, value: update.requestBytes },
    });
  }
  return messages;
}

/**
 * Forgets the speculative workflow task with the updates that it brought, because its worker
 * answered with what is no answer. Those who wait for the updates send them again.
 */
export function loseSpeculativeTask(run: RunState, environment: StepEnvironment): RunStep {
  const step = new Step(run, environment);
  if (run.workflowTask?.isSpeculative !== true) return step.finish();
  step.setSpeculativeTask(undefined);
  step.setSticky(undefined);
  for (const updateId of run.admittedUpdates.keys()) {
    if (step.loseAdmittedUpdate(updateId)) {
      step.tell({ kind: "aborted", updateId, reason: "lost" });
    }
  }
  return step.finish();
}
