import { unreachable } from "@perdure/kernel";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { OutcomeInit } from "@perdure/proto/temporal/api/update/v1";
import { isOpen, type RunState } from "./run-state.js";

/** Why an update ended without the workflow's answer. */
export type UpdateAbortReason =
  /** The run has closed. */
  | "closed"
  /** The run has closed, and another follows that the update may be sent to. */
  | "continued"
  /** The worker's answer that may have held the update's was refused. */
  | "taskFailed"
  /** It was forgotten, and may be sent again at once. */
  | "lost";

/** What became of one update. */
export type UpdateNotice = { readonly updateId: string } & (
  | { readonly kind: "accepted" }
  | { readonly kind: "completed"; readonly outcome: OutcomeInit }
  | { readonly kind: "rejected"; readonly failure: FailureInit | undefined }
  | { readonly kind: "aborted"; readonly reason: UpdateAbortReason }
);

/** How far an update has come. */
export type UpdateStatus =
  | { readonly kind: "admitted" }
  | { readonly kind: "accepted" }
  /** The outcome is in the event with this ID. */
  | { readonly kind: "completed"; readonly completedEventId: number }
  /** The run closed before the workflow had finished it. */
  | { readonly kind: "unfinished" }
  | { readonly kind: "aborted"; readonly reason: UpdateAbortReason };

/** Outcome of an update that the workflow accepted and had not finished when it closed. */
export const UNFINISHED_OUTCOME: OutcomeInit = {
  value: {
    kind: "failure",
    value: {
      message: "Workflow Update failed because the Workflow completed before the Update completed.",
      source: "Server",
      failureInfo: {
        kind: "applicationFailureInfo",
        value: { type: "AcceptedUpdateCompletedWorkflow", nonRetryable: true },
      },
    },
  },
};

/** How far an update has come; `undefined` when the run knows none with this ID. */
export function updateStatus(run: RunState, updateId: string): UpdateStatus | undefined {
  const stored = run.updates.get(updateId);
  if (stored !== undefined) {
    const { completedEventId } = stored;
    if (completedEventId > 0) return { kind: "completed", completedEventId };
    return isOpen(run) ? { kind: "accepted" } : { kind: "unfinished" };
  }
  if (!run.admittedUpdates.has(updateId)) return undefined;
  return isOpen(run) ? { kind: "admitted" } : { kind: "aborted", reason: abortReasonOfClose(run) };
}

function abortReasonOfClose(run: RunState): UpdateAbortReason {
  return run.newExecutionRunId === "" ? "closed" : "continued";
}

/** What a run that closes tells those who wait for its updates. */
export function noticesOfClose(run: RunState): UpdateNotice[] {
  const notices: UpdateNotice[] = [];
  const reason = abortReasonOfClose(run);
  for (const updateId of run.admittedUpdates.keys()) {
    notices.push({ kind: "aborted", updateId, reason });
  }
  if (run.updates.size === run.completedUpdateCount) return notices;
  for (const { updateId, completedEventId } of run.updates.values()) {
    if (completedEventId > 0) continue;
    notices.push({ kind: "completed", updateId, outcome: UNFINISHED_OUTCOME });
  }
  return notices;
}

/** Whether nothing more becomes of an update after this notice. */
export function isFinal(notice: UpdateNotice): boolean {
  switch (notice.kind) {
    case "accepted":
      return false;
    case "completed":
    case "rejected":
    case "aborted":
      return true;
    default:
      return unreachable(notice);
  }
}
