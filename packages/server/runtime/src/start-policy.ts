import { isOpen, type RunState } from "@perdure/engine";
import { WorkflowAlreadyStartedError } from "@perdure/kernel";
import {
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";

/** What a start does about the run that has its workflow ID now. */
export type StartDecision =
  | { readonly kind: "start" }
  /** The same request came before: its run is the answer. */
  | { readonly kind: "repeat" }
  /** The same request came before and was attached to the run. */
  | { readonly kind: "attached" }
  | { readonly kind: "useExisting" }
  | { readonly kind: "terminateAndStart" };

export interface StartWish {
  readonly requestId: string;
  readonly reusePolicy: WorkflowIdReusePolicy;
  readonly conflictPolicy: WorkflowIdConflictPolicy;
}

const FAILED_STATUSES: ReadonlySet<WorkflowExecutionStatus> = new Set([
  WorkflowExecutionStatus.FAILED,
  WorkflowExecutionStatus.CANCELED,
  WorkflowExecutionStatus.TERMINATED,
  WorkflowExecutionStatus.TIMED_OUT,
]);

/**
 * Decides a start by the policies of the request.
 *
 * @throws {WorkflowAlreadyStartedError} The policies refuse it.
 */
export function decideStart(current: RunState | undefined, wish: StartWish): StartDecision {
  if (current === undefined) return { kind: "start" };
  const knownEventId = current.requestIds.get(wish.requestId);
  if (knownEventId !== undefined) return { kind: knownEventId === 1 ? "repeat" : "attached" };
  if (isOpen(current)) return decideConflict(current, wish);
  checkReuse(current, wish.reusePolicy);
  return { kind: "start" };
}

function decideConflict(current: RunState, wish: StartWish): StartDecision {
  const isOldPolicy = wish.reusePolicy === WorkflowIdReusePolicy.TERMINATE_IF_RUNNING;
  const policy = isOldPolicy ? WorkflowIdConflictPolicy.TERMINATE_EXISTING : wish.conflictPolicy;
  switch (policy) {
    case WorkflowIdConflictPolicy.USE_EXISTING:
      return { kind: "useExisting" };
    case WorkflowIdConflictPolicy.TERMINATE_EXISTING:
      return { kind: "terminateAndStart" };
    // A number that this version has no name for does no harm: the run that is there stays.
    default:
      throw alreadyStarted(current, "Workflow execution is already running.", "");
  }
}

function checkReuse(current: RunState, policy: WorkflowIdReusePolicy): void {
  if (policy === WorkflowIdReusePolicy.REJECT_DUPLICATE) {
    throw alreadyStarted(
      current,
      "Workflow execution already finished.",
      " Workflow Id reuse policy: reject duplicate workflow Id.",
    );
  }
  const isFailedOnly = policy === WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY;
  if (isFailedOnly && !FAILED_STATUSES.has(current.status)) {
    throw alreadyStarted(
      current,
      "Workflow execution already finished successfully.",
      " Workflow Id reuse policy: allow duplicate workflow Id if last run failed.",
    );
  }
}

function alreadyStarted(
  current: RunState,
  reason: string,
  policy: string,
): WorkflowAlreadyStartedError {
  const { workflowId, runId } = current;
  const message = `${reason} WorkflowId: ${workflowId}, RunId: ${runId}.${policy}`;
  return new WorkflowAlreadyStartedError(message, {
    runId,
    startRequestId: startRequestId(current),
    firstExecutionRunId: current.started.firstExecutionRunId ?? "",
  });
}

/** The ID of the request that started the run. */
export function startRequestId(run: RunState): string {
  return run.requestIds.findKey((eventId) => eventId === 1) ?? "";
}
