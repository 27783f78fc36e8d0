import type { PayloadsInit, WorkflowExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { ScheduleActionResultInit } from "@perdure/proto/temporal/api/schedule/v1";
import { toTimestamp } from "../wire-time.js";
import { advance, type ScheduleEnvironment } from "./advance.js";
import { withSettings } from "./change-schedule.js";
import { type ScheduleState, type ScheduleStep, scheduleStep } from "./schedule-state.js";

/** Results that are kept. */
const RECENT_MAX = 10;

/** How a planned start came out; without a run ID it could not be made. */
export interface StartOutcome {
  readonly requestId: string;
  readonly runId: string | undefined;
}

/** Notes how a start came out; the next one may follow. */
export function noteStart(
  state: ScheduleState,
  { requestId, runId }: StartOutcome,
  environment: ScheduleEnvironment,
): ScheduleStep {
  const start = state.starting.find((one) => one.requestId === requestId);
  if (start === undefined) return scheduleStep(state, state);
  const starting = state.starting.filter((one) => one !== start);
  let next: ScheduleState = { ...state, starting };
  if (runId !== undefined) {
    const execution: WorkflowExecutionInit = { workflowId: start.workflowId, runId };
    const result: ScheduleActionResultInit = {
      scheduleTime: toTimestamp(start.actualMs),
      actualTime: toTimestamp(environment.nowMs),
      startWorkflowResult: execution,
      startWorkflowStatus: WorkflowExecutionStatus.RUNNING,
    };
    const { info } = next;
    const running = info.runningWorkflows ?? [];
    next = {
      ...next,
      info: {
        ...info,
        actionCount: (info.actionCount ?? 0n) + 1n,
        recentActions: [...(info.recentActions ?? []), result].slice(-RECENT_MAX),
        runningWorkflows: start.isOverlapping ? running : [...running, execution],
      },
    };
  }
  return scheduleStep(state, advance(next, environment));
}

/** Notes that a workflow was asked to end. */
export function noteStop(state: ScheduleState, requestId: string): ScheduleStep {
  const stops = state.stops.map((stop) =>
    stop.requestId === requestId ? { ...stop, isDone: true } : stop,
  );
  return scheduleStep(state, { ...state, stops });
}

/** How a workflow that a schedule started has ended. */
export interface ActionEnd {
  readonly workflowId: string;
  /** The run that the schedule started; the one that ended may have followed it. */
  readonly firstRunId: string;
  /** UNSPECIFIED: it is not there any more. */
  readonly status: WorkflowExecutionStatus;
  readonly result: PayloadsInit | undefined;
  readonly failure: FailureInit | undefined;
}

/** Whether a schedule has anything to note about the end of a workflow. */
export function knowsAction(
  { info }: ScheduleState,
  end: Pick<ActionEnd, "workflowId" | "firstRunId">,
): boolean {
  const isSame = (one: WorkflowExecutionInit | undefined): boolean =>
    one?.workflowId === end.workflowId && one.runId === end.firstRunId;
  const isRecent = (info.recentActions ?? []).some(
    ({ startWorkflowResult, startWorkflowStatus }) =>
      startWorkflowStatus === WorkflowExecutionStatus.RUNNING && isSame(startWorkflowResult),
  );
  return isRecent || (info.runningWorkflows ?? []).some(isSame);
}

/** Notes ends of workflows; what waited for them may follow. */
export function noteEnds(
  state: ScheduleState,
  ends: readonly ActionEnd[],
  environment: ScheduleEnvironment,
): ScheduleStep {
  const noted = ends.reduce(noteEnd, state);
  return scheduleStep(state, advance(noted, environment));
}

/** As `noteEnds()`, when all that runs was looked at. */
export function noteRefresh(
  state: ScheduleState,
  ends: readonly ActionEnd[],
  environment: ScheduleEnvironment,
): ScheduleStep {
  const noted = ends.reduce(noteEnd, state);
  const next = { ...noted, needsRefresh: false, refreshedMs: environment.nowMs };
  return scheduleStep(state, advance(next, environment));
}

function noteEnd(state: ScheduleState, end: ActionEnd): ScheduleState {
  if (!knowsAction(state, end)) return state;
  const { info } = state;
  const isSame = (one: WorkflowExecutionInit | undefined): boolean =>
    one?.workflowId === end.workflowId && one.runId === end.firstRunId;
  const wasRunning = (info.runningWorkflows ?? []).some(isSame);
  const recentActions = (info.recentActions ?? []).map((action) =>
    isSame(action.startWorkflowResult) ? { ...action, startWorkflowStatus: end.status } : action,
  );
  const runningWorkflows = (info.runningWorkflows ?? []).filter((one) => !isSame(one));
  const next: ScheduleState = {
    ...state,
    info: { ...info, recentActions, runningWorkflows },
    stops: state.stops.filter(({ workflowId }) => workflowId !== end.workflowId),
  };
  // What overlaps is no link of the chain of results.
  return wasRunning ? chainResult(pauseOnFailure(next, end), end) : next;
}

function pauseOnFailure(state: ScheduleState, end: ActionEnd): ScheduleState {
  const { policies, state: settings } = state.schedule;
  if (policies?.pauseOnFailure !== true || settings?.paused === true) return state;
  const { workflowId, failure } = end;
  if (end.status === WorkflowExecutionStatus.FAILED) {
    const notes = `paused due to workflow failure: ${workflowId}: ${failure?.message ?? ""}`;
    return withSettings(state, { paused: true, notes });
  }
  if (end.status === WorkflowExecutionStatus.TIMED_OUT) {
    const notes = `paused due to workflow timeout: ${workflowId}`;
    return withSettings(state, { paused: true, notes });
  }
  return state;
}

function chainResult(state: ScheduleState, { result, failure }: ActionEnd): ScheduleState {
  if (result !== undefined) {
    return { ...state, lastCompletionResult: result, continuedFailure: undefined };
  }
  return failure === undefined ? state : { ...state, continuedFailure: failure };
}
