import {
  receiveCancel,
  receiveSignal,
  recordCancelDelivery,
  recordSignalDelivery,
} from "@perdure/engine";
import {
  CancelExternalWorkflowExecutionFailedCause,
  SignalExternalWorkflowExecutionFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  RequestCancelExternalWorkflowExecutionInitiatedEventAttributesInit,
  SignalExternalWorkflowExecutionInitiatedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import type { Posting, PostingFailure, PostingTarget } from "./posting.js";

type SignalInitiated = SignalExternalWorkflowExecutionInitiatedEventAttributesInit;
type CancelInitiated = RequestCancelExternalWorkflowExecutionInitiatedEventAttributesInit;

const SIGNAL_CAUSE = {
  notFound: SignalExternalWorkflowExecutionFailedCause.EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND,
  namespaceNotFound: SignalExternalWorkflowExecutionFailedCause.NAMESPACE_NOT_FOUND,
  limitExceeded: SignalExternalWorkflowExecutionFailedCause.SIGNAL_COUNT_LIMIT_EXCEEDED,
} as const satisfies Record<PostingFailure, SignalExternalWorkflowExecutionFailedCause>;

const CANCEL_CAUSE = {
  notFound: CancelExternalWorkflowExecutionFailedCause.EXTERNAL_WORKFLOW_EXECUTION_NOT_FOUND,
  namespaceNotFound: CancelExternalWorkflowExecutionFailedCause.NAMESPACE_NOT_FOUND,
  limitExceeded: CancelExternalWorkflowExecutionFailedCause.UNSPECIFIED,
} as const satisfies Record<PostingFailure, CancelExternalWorkflowExecutionFailedCause>;

/** Signals another workflow. Errors as `Posting.reach`. */
export async function sendSignal(posting: Posting, attributes: SignalInitiated): Promise<void> {
  const { sender } = posting;
  const target = targetOf(attributes);
  const outcome = isSelf(posting, target)
    ? "notFound"
    : await posting.reach(target, (state, environment) =>
        receiveSignal(state, { sender, attributes }, environment),
      );
  if (outcome === "dropped") return;
  const delivery = {
    initiatedEventId: posting.key,
    namespace: posting.host.namespaceName(target.namespaceId) ?? attributes.namespace ?? "",
    failedCause: outcome === "delivered" ? undefined : SIGNAL_CAUSE[outcome],
  };
  posting.answer((state, environment) => recordSignalDelivery(state, delivery, environment));
}

/** Asks another workflow to cancel itself. Errors as `Posting.reach`. */
export async function sendCancel(posting: Posting, attributes: CancelInitiated): Promise<void> {
  const { sender } = posting;
  const { childWorkflowOnly: isChildOnly = false, reason = "" } = attributes;
  const target = targetOf(attributes);
  const outcome = isSelf(posting, target)
    ? "notFound"
    : await posting.reach(target, (state, environment) =>
        receiveCancel(state, { sender, isChildOnly, reason }, environment),
      );
  if (outcome === "dropped") return;
  const delivery = {
    initiatedEventId: posting.key,
    namespace: posting.host.namespaceName(target.namespaceId) ?? attributes.namespace ?? "",
    failedCause: outcome === "delivered" ? undefined : CANCEL_CAUSE[outcome],
  };
  posting.answer((state, environment) => recordCancelDelivery(state, delivery, environment));
}

function targetOf(attributes: SignalInitiated | CancelInitiated): PostingTarget {
  const { namespaceId = "", workflowExecution } = attributes;
  const { workflowId = "", runId = "" } = workflowExecution ?? {};
  return { namespaceId, workflowId, runId };
}

/** A workflow does not reach itself this way, whatever run it names. */
function isSelf(posting: Posting, target: PostingTarget): boolean {
  const { namespaceId, businessId } = posting.slot.key;
  return namespaceId === target.namespaceId && businessId === target.workflowId;
}
