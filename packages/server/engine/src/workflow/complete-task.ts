import { FailedPreconditionError, InvalidArgumentError } from "@perdure/kernel";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { RespondWorkflowTaskCompletedRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { durationMs } from "../wire-time.js";
import { startActivity } from "./activity.js";
import { BadCommandError, messageOf } from "./bad-command-error.js";
import { checkCommandSequence } from "./command-kinds.js";
import { type CommandContext, handleCommand } from "./commands.js";
import { leavesNoTrace } from "./discard-task.js";
import { recordTerminated } from "./messages.js";
import { checkReportedVersion, reportedVersion } from "./reported-version.js";
import { activityOf, isOpen, isPaused, type RunState, type WorkflowTask } from "./run-state.js";
import { scheduleSpeculativeTask } from "./speculative-task.js";
import { type RunStep, Step, type StepEnvironment, type StepWithSuccessor } from "./step.js";
import {
  abortSent,
  handleRestOfMessages,
  MessageList,
  rejectUnprocessed,
} from "./update-messages.js";
import {
  isInTransition,
  isVersionChanged,
  offerActivitiesElsewhere,
  versionMark,
} from "./version-transition.js";
import {
  failWorkflowTask,
  heldWorkflowTask,
  materializeTask,
  scheduleWorkflowTask,
  startWorkflowTask,
  type TaskProof,
} from "./workflow-task.js";

/** What completing a workflow task made. */
export interface TaskCompletion extends StepWithSuccessor {
  /** Why the completion was refused; the workflow task failed and another follows. */
  readonly refusal: BadCommandError | undefined;
  /** Whether the next workflow task was started for the same worker. */
  readonly isNextTaskHeld: boolean;
  /** Activities started for the same worker, by the ID of their scheduled event. */
  readonly eagerActivities: readonly number[];
  /** The event after which the worker must forget what it was told; absent for nothing. */
  readonly resetHistoryEventId?: number;
}

export interface CompletionInput {
  readonly proof: TaskProof;
  readonly request: RespondWorkflowTaskCompletedRequestInit;
}

/**
 * Ends a workflow task with a worker's commands. All of them happen or none: an illegal command
 * fails the task, and the result tells so.
 *
 * @throws {NotFoundError} The worker does not hold the current task, or the run has closed.
 * @throws {FailedPreconditionError} The run is paused, and the worker wants another task at once.
 * @throws {InvalidArgumentError} The sequence of commands is illegal, or a later attempt of the
 * task has an illegal command: nothing happened, the task times out.
 */
export function completeWorkflowTask(
  run: RunState,
  input: CompletionInput,
  environment: StepEnvironment,
): TaskCompletion {
  const task = heldWorkflowTask(run, input.proof);
  if (isPaused(run) && input.request.forceCreateNewWorkflowTask === true) {
    throw new FailedPreconditionError(
      "Workflow is paused and force create new workflow task is not allowed.",
    );
  }
  checkReportedVersion(input.request);
  checkCommandSequence(input.request.commands ?? []);
  const step = new Step(run, environment);
  const { request } = input;
  const isDiscarded = leavesNoTrace(run, { task, request }, environment.limits);
  if (isDiscarded) step.setSpeculativeTask(undefined);
  const completedEventId = isDiscarded ? 0 : recordCompleted(step, task, request);
  rememberWorker(step, request);
  const context: CommandContext = {
    step,
    completedEventId,
    identity: input.request.identity ?? "",
    eagerActivities: [],
    successor: undefined,
    isTaskWanted: false,
    messages: new MessageList(request.messages ?? []),
  };
  try {
    for (const command of input.request.commands ?? []) handleCommand(context, command);
    handleRestOfMessages(context);
  } catch (error) {
    if (!(error instanceof BadCommandError)) throw error;
    return refuse(run, { error, task, input }, environment);
  }
  const completion = finishCompletion(context, task, request);
  return isDiscarded
    ? { ...completion, resetHistoryEventId: run.previousStartedEventId }
    : completion;
}

function recordCompleted(
  step: Step,
  task: WorkflowTask,
  request: RespondWorkflowTaskCompletedRequestInit,
): number {
  const { scheduledEventId, startedEventId } = materializeTask(step, task);
  const value = {
    scheduledEventId: BigInt(scheduledEventId),
    startedEventId: BigInt(startedEventId),
    identity: request.identity,
    binaryChecksum: request.binaryChecksum,
    workerVersion: request.workerVersionStamp,
    sdkMetadata: request.sdkMetadata,
    meteringMetadata: request.meteringMetadata,
    ...reportedVersion(request),
  };
  const mark = versionMark(step.draft);
  const { lastCompletedEventId, resetPoints, workerVersion, uncommon } = step.draft;
  const completedEventId = step.record({ kind: "workflowTaskCompletedEventAttributes", value });
  const isListed =
    lastCompletedEventId === 0 ||
    uncommon.taskProblems.isReported ||
    step.draft.workerVersion?.buildId !== workerVersion?.buildId ||
    step.draft.resetPoints !== resetPoints ||
    step.draft.uncommon.versioning !== uncommon.versioning;
  // Lists find a run by the versions of the workers that it had, and by its problems.
  if (isListed) step.changeList();
  if (isVersionChanged(mark, step.draft)) {
    offerActivitiesElsewhere(step, step.nowMs - task.scheduledAtMs);
  }
  if (task.isTransient && task.isSpeculative !== true) step.setWorkflowTask(undefined);
  return completedEventId;
}

/** The worker may get the next tasks straight into a queue of its own. */
function rememberWorker(step: Step, request: RespondWorkflowTaskCompletedRequestInit): void {
  const sticky = request.stickyAttributes;
  const queue = sticky?.workerTaskQueue?.name ?? "";
  if (queue === "") step.setSticky(undefined);
  // A run that moves to another version meanwhile is not to come back.
  else if (!isInTransition(step.draft))
    setSticky(step, { queue, scheduleToStartMs: durationMs(sticky?.scheduleToStartTimeout) });
}

function setSticky(step: Step, sticky: { queue: string; scheduleToStartMs: number }): void {
  const known = step.draft.sticky;
  const isKnown =
    known?.queue === sticky.queue && known.scheduleToStartMs === sticky.scheduleToStartMs;
  if (!isKnown) step.setSticky(sticky);
}

function finishCompletion(
  context: CommandContext,
  task: WorkflowTask,
  request: RespondWorkflowTaskCompletedRequestInit,
): TaskCompletion {
  const { step } = context;
  const eagerActivities = startEagerActivities(context);
  let isNextTaskHeld = false;
  const isHeartbeat = request.forceCreateNewWorkflowTask === true;
  if (isOpen(step.draft) && !isHeartbeat) rejectUnprocessed(step);
  const isMoving = isInTransition(step.draft);
  const isWanted = isHeartbeat || context.isTaskWanted || !step.draft.buffered.isEmpty();
  if (isOpen(step.draft) && (isWanted || isMoving)) {
    const mayHold = !isMoving && !isPaused(step.draft);
    isNextTaskHeld = request.returnNewWorkflowTask === true && mayHold;
    const isBare = isHeartbeat && (request.commands ?? []).length === 0;
    scheduleNext(step, {
      isNextTaskHeld,
      chainFromMs: isBare ? task.originalScheduledAtMs : undefined,
    });
    if (isNextTaskHeld) {
      const requestId = "request-from-RespondWorkflowTaskCompleted";
      startWorkflowTask(step, { identity: context.identity, requestId, isHeartbeat });
    }
  } else if (isOpen(step.draft) && !step.draft.admittedUpdates.isEmpty()) {
    isNextTaskHeld = sendNextUpdates(context, request);
  }
  const { successor } = context;
  return finished(step, { successor, refusal: undefined, isNextTaskHeld, eagerActivities });
}

/** Schedules a task for updates that came meanwhile. Returns whether the same worker has it. */
function sendNextUpdates(
  context: CommandContext,
  request: RespondWorkflowTaskCompletedRequestInit,
): boolean {
  const { step, identity } = context;
  if (step.draft.workflowTask !== undefined || isPaused(step.draft)) return false;
  if (request.returnNewWorkflowTask !== true) {
    scheduleWorkflowTask(step);
    return false;
  }
  scheduleSpeculativeTask(step, { isOffered: false });
  startWorkflowTask(step, { identity, requestId: "request-from-RespondWorkflowTaskCompleted" });
  return true;
}

function scheduleNext(
  step: Step,
  next: { readonly isNextTaskHeld: boolean; readonly chainFromMs: number | undefined },
): void {
  // Commands that cancel an activity make a task by themselves.
  if (step.draft.workflowTask !== undefined) return;
  const { chainFromMs } = next;
  const isOffered = !next.isNextTaskHeld;
  scheduleWorkflowTask(
    step,
    chainFromMs === undefined ? { isOffered } : { isOffered, originalScheduledAtMs: chainFromMs },
  );
}

function startEagerActivities(context: CommandContext): readonly number[] {
  const { step } = context;
  if (!isOpen(step.draft) || isPaused(step.draft)) return [];
  const pending = context.eagerActivities.filter((id) => step.draft.activities.has(id));
  for (const scheduledEventId of pending) {
    const { stamp } = activityOf(step.draft, scheduledEventId).progress;
    const requestId = step.environment.newId();
    startActivity(step, { scheduledEventId, stamp, identity: context.identity, requestId });
  }
  return pending;
}

interface Refusal {
  readonly error: BadCommandError;
  readonly task: WorkflowTask;
  readonly input: CompletionInput;
}

/** Fails the task for an illegal command. Nothing of the completion is kept. */
function refuse(run: RunState, refusal: Refusal, environment: StepEnvironment): TaskCompletion {
  const { error, task, input } = refusal;
  const isUnhandled = error.failedCause === WorkflowTaskFailedCause.UNHANDLED_COMMAND;
  const step = new Step(run, environment);
  abortSent(step);
  if (task.attempt > 1 && !isUnhandled) {
    if (run.admittedUpdates.isEmpty()) throw new InvalidArgumentError(messageOf(error));
    return refused(step, error);
  }
  const attempt = failWorkflowTask(step, {
    cause: error.failedCause,
    failure: commandFailure(error),
    identity: input.request.identity ?? "",
    binaryChecksum: input.request.binaryChecksum ?? "",
  });
  if (error.isFatal) {
    step.flushBuffered();
    const reason = messageOf(error);
    recordTerminated(step, { reason, details: undefined, identity: "history-service" });
  } else {
    scheduleWorkflowTask(step, { attempt });
  }
  return refused(step, error);
}

function refused(step: Step, refusal: BadCommandError): TaskCompletion {
  const eagerActivities: readonly number[] = [];
  return finished(step, { successor: undefined, refusal, isNextTaskHeld: false, eagerActivities });
}

function finished(
  step: Step,
  completion: Omit<TaskCompletion, keyof RunStep | "resetHistoryEventId">,
): TaskCompletion {
  const made = step.finish();
  return {
    next: made.next,
    record: made.record,
    offers: made.offers,
    claimed: made.claimed,
    lateEventCount: made.lateEventCount,
    isListChanged: made.isListChanged,
    notices: made.notices,
    successor: completion.successor,
    refusal: completion.refusal,
    isNextTaskHeld: completion.isNextTaskHeld,
    eagerActivities: completion.eagerActivities,
  };
}

function commandFailure(error: BadCommandError): FailureInit {
  const failureInfo = { kind: "serverFailureInfo", value: {} } as const;
  return { message: messageOf(error), failureInfo };
}
