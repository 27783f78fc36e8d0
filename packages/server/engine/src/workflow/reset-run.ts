import { InvalidArgumentError } from "@perdure/kernel";
import {
  ResetReapplyExcludeType,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import { offerActivity } from "./activity.js";
import { RESETTER_IDENTITY } from "./apply-closing.js";
import { changeOptions, type OptionsChange } from "./change-options.js";
import { foldHistory } from "./load-run.js";
import { recordTerminated } from "./messages.js";
import { reapplyEvent } from "./reapply-events.js";
import { headOfHistory, tailOfHistory } from "./reset-history.js";
import { isPaused, type RunIdentity, type RunState, requireOpen } from "./run-state.js";
import { type LogRecord, type RunStep, Step, type StepEnvironment } from "./step.js";
import { abandonWorkflowTask, recordTaskStart, scheduleWorkflowTask } from "./workflow-task.js";

/** A checked request to reset a run. */
export interface ResetInput {
  readonly baseRunId: string;
  /** Request that started the base run. */
  readonly startRequestId: string;
  /** The whole history of the base run. */
  readonly history: readonly LogRecord[];
  /** The event that ended the workflow task which comes again. */
  readonly finishEventId: number;
  readonly reason: string;
  /** Histories of the runs that the base run continued as, in order. */
  readonly successors: readonly (readonly LogRecord[])[];
  /** What ended the last of these runs, when the reset did; else nothing. */
  readonly ending: LogRecord | undefined;
  /** Kinds of events that are not applied again. */
  readonly excluded: ReadonlySet<ResetReapplyExcludeType>;
  /** Changes of options, which the new run has from the start. */
  readonly operations: readonly OptionsChange[];
}

/** A run that a reset made. */
export interface ResetStep {
  /** What its log begins with: the history that it takes over. */
  readonly history: readonly LogRecord[];
  readonly step: RunStep;
}

/** Who the server is in events that nobody asked for directly. */
const SERVER_IDENTITY = "history-service";

/** What stands for the request of a workflow task that no worker asked for. */
const NO_REQUEST_ID = "emptyUuid";

/**
 * Makes a run that takes over the history of another one up to a workflow task, which fails, and
 * goes on from there by itself.
 *
 * @throws {InvalidArgumentError} No workflow task is pending at that point, or a change of options
 *   is illegal.
 */
export function resetRun(
  identity: RunIdentity,
  input: ResetInput,
  environment: StepEnvironment,
): ResetStep {
  const baseEventId = input.finishEventId - 1;
  const { records, isWithinBatch } = headOfHistory(input.history, baseEventId);
  if (isWithinBatch) {
    throw new InvalidArgumentError(
      `StateRebuilder unable to Rebuild mutable state to event ID: ${baseEventId}, version: 0, this event must be at the boundary`,
    );
  }
  const step = new Step(foldHistory(identity, records), environment);
  const { baseRunId } = input;
  step.setOrigin({ baseRunId, baseEventId, resetAtMs: environment.nowMs });
  step.addRequestId(input.startRequestId, 1);
  failTask(step, input);
  beginActivitiesAnew(step);
  for (const event of reappliedEvents(input)) reapplyEvent(step, event, input.excluded);
  for (const operation of input.operations) changeOptions(step, operation);
  if (!isPaused(step.draft)) scheduleWorkflowTask(step);
  step.changeList();
  return { history: records, step: step.finish() };
}

function failTask(step: Step, input: ResetInput): void {
  const { baseRunId, reason, finishEventId } = input;
  const task = step.draft.workflowTask;
  if (task === undefined) {
    throw new InvalidArgumentError(
      `Can only reset workflow to event ID in range [WorkflowTaskScheduled +1, WorkflowTaskStarted + 1]: ${finishEventId}`,
    );
  }
  const { scheduledEventId } = task;
  const start = { identity: SERVER_IDENTITY, requestId: NO_REQUEST_ID };
  const startedEventId =
    task.startedEventId === 0
      ? recordTaskStart(step, scheduledEventId, start)
      : task.startedEventId;
  const failureInfo = { kind: "resetWorkflowFailureInfo", value: {} } as const;
  const value = {
    scheduledEventId: BigInt(scheduledEventId),
    startedEventId: BigInt(startedEventId),
    cause: WorkflowTaskFailedCause.RESET_WORKFLOW,
    failure: { message: reason, failureInfo },
    identity: SERVER_IDENTITY,
    baseRunId,
    newRunId: step.draft.runId,
  };
  step.record({ kind: "workflowTaskFailedEventAttributes", value });
}

/** Pending activities get all of their time again: nobody has begun them for this run. */
function beginActivitiesAnew(step: Step): void {
  const { nowMs } = step;
  for (const activity of step.draft.activities.values()) {
    const times = { scheduledAtMs: nowMs, firstScheduledAtMs: nowMs };
    const anew = { ...activity, progress: { ...activity.progress, ...times } };
    step.putActivity(anew);
    if (!isPaused(step.draft)) offerActivity(step, anew);
  }
}

function* reappliedEvents(input: ResetInput): ReturnType<typeof tailOfHistory> {
  const { excluded, ending } = input;
  if (!REAPPLIED_KINDS.every((kind) => excluded.has(kind))) {
    yield* tailOfHistory(input.history, input.finishEventId - 1);
    for (const history of input.successors) yield* tailOfHistory(history, 0);
  }
  if (ending !== undefined) yield* History.decode(ending.events).events;
}

/** What a request must exclude for nothing at all to be applied again. */
const REAPPLIED_KINDS: readonly ResetReapplyExcludeType[] = [
  ResetReapplyExcludeType.SIGNAL,
  ResetReapplyExcludeType.UPDATE,
  ResetReapplyExcludeType.NEXUS,
  ResetReapplyExcludeType.CANCEL_REQUEST,
];

/** Notes at the base run, which has closed, which run the reset made. */
export function markReset(run: RunState, runId: string, environment: StepEnvironment): RunStep {
  const step = new Step(run, environment);
  step.setResetRunId(runId);
  return step.finish();
}

/**
 * Ends the current run because of a reset.
 *
 * @param ending - `resetRunId`: the run that the reset makes of this one; empty when it makes it of
 * another one.
 * @throws {NotFoundError} The run has closed.
 */
export function terminateForReset(
  run: RunState,
  ending: { readonly reason: string; readonly resetRunId: string },
  environment: StepEnvironment,
): RunStep {
  requireOpen(run);
  const step = new Step(run, environment);
  if (ending.resetRunId !== "") step.setResetRunId(ending.resetRunId);
  abandonWorkflowTask(step);
  const { reason } = ending;
  recordTerminated(step, { reason, details: undefined, identity: RESETTER_IDENTITY });
  return step.finish();
}
