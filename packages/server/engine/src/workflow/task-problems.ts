import { TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import { causeName } from "./bad-command-error.js";
import type { RunDraft } from "./run-state.js";
import type { Step } from "./step.js";

/** How the workflow tasks of a run went since the last that was completed. */
export interface TaskProblems {
  /** Attempts that failed or timed out, those on a sticky queue not counted. */
  readonly count: number;
  /** What the last one with an event was, as `TemporalReportedProblems` tells it. */
  readonly last: readonly string[];
  /** Whether there were so many that the run's search attributes tell of them. */
  readonly isReported: boolean;
}

/** Of a run whose last workflow task was completed. */
export const NO_PROBLEMS: TaskProblems = { count: 0, last: [], isReported: false };

/** What an event tells of a problem; `undefined` for none. */
export function problemOf(
  attributes: NonNullable<HistoryEventInit["attributes"]>,
): readonly string[] | undefined {
  switch (attributes.kind) {
    case "workflowTaskFailedEventAttributes": {
      const cause = `cause=WorkflowTaskFailedCause${causeName(attributes.value.cause)}`;
      return ["category=WorkflowTaskFailed", cause];
    }
    case "workflowTaskTimedOutEventAttributes":
      if (attributes.value.timeoutType !== TimeoutType.START_TO_CLOSE) return undefined;
      return ["category=WorkflowTaskTimedOut", "cause=WorkflowTaskTimedOutCauseStartToClose"];
    default:
      return undefined;
  }
}

/** Notes that an attempt ended badly; after some in a row the run's row in lists tells so. */
export function noteProblem(step: Step, attempt: { readonly isCounted: boolean }): void {
  const { problemsReported } = step.environment.limits;
  const { taskProblems } = step.draft.uncommon;
  const count = taskProblems.count + (attempt.isCounted ? 1 : 0);
  const isReported = problemsReported > 0 && count >= problemsReported;
  step.setTaskProblems({ count, last: taskProblems.last, isReported });
  if (isReported) step.changeList();
}

/** Folds an event that tells of a problem. */
export function rememberProblem(draft: RunDraft, problem: readonly string[] | undefined): void {
  if (problem === undefined) return;
  const { uncommon } = draft;
  draft.uncommon = { ...uncommon, taskProblems: { ...uncommon.taskProblems, last: problem } };
}

/** Folds the end of a workflow task that was completed. */
export function forgetProblems(draft: RunDraft): void {
  if (draft.uncommon.taskProblems === NO_PROBLEMS) return;
  draft.uncommon = { ...draft.uncommon, taskProblems: NO_PROBLEMS };
}
