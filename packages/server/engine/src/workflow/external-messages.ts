import { NotFoundError } from "@perdure/kernel";
import type { WorkflowExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import type {
  CancelExternalWorkflowExecutionFailedCause,
  SignalExternalWorkflowExecutionFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  RequestCancelExternalWorkflowExecutionInitiatedEventAttributesInit,
  SignalExternalWorkflowExecutionInitiatedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import { requestCancelRun, signalRun, tellWorkflow, terminateRun } from "./messages.js";
import { isOpen, type RunState } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";

/** Who the server is in events that nobody asked for directly. */
const SERVER_IDENTITY = "history-service";

/** A run that sends something. */
export interface Sender {
  readonly execution: { readonly workflowId: string; readonly runId: string };
  /** Event of the sender that began this; 0 for none. */
  readonly initiatedEventId: number;
}

/**
 * Checks that the run is a child of the sender.
 *
 * @throws {NotFoundError}
 */
function requireParent(run: RunState, sender: Sender): void {
  const parent = run.started.parentWorkflowExecution;
  const { workflowId, runId } = sender.execution;
  if (parent?.workflowId === workflowId && parent.runId === runId) return;
  throw new NotFoundError("workflow parent does not match");
}

/** Stands for one event of one run: the run's ID, with the event's in its last digits. */
function messageId(sender: Sender): string {
  const { runId } = sender.execution;
  const tail = BigInt(`0x${runId.slice(-12)}`) ^ BigInt(sender.initiatedEventId);
  return runId.slice(0, -12) + tail.toString(16).padStart(12, "0");
}

/**
 * Delivers a signal from another workflow. One that came before changes nothing.
 *
 * @throws {NotFoundError} The run has closed, or is not the sender's child though it must be.
 * @throws {InvalidArgumentError} The run takes no further signals.
 * @throws {ResourceExhaustedError} The run is about to close: to be tried again.
 */
export function receiveSignal(
  run: RunState,
  received: {
    readonly sender: Sender;
    readonly attributes: SignalExternalWorkflowExecutionInitiatedEventAttributesInit;
  },
  environment: StepEnvironment,
): RunStep {
  const { sender, attributes } = received;
  const requestId = messageId(sender);
  if (run.signalRequestIds.has(requestId)) return new Step(run, environment).finish();
  if (isOpen(run) && attributes.childWorkflowOnly === true) requireParent(run, sender);
  const { signalName = "", input, header } = attributes;
  const externalWorkflowExecution = sender.execution;
  const identity = SERVER_IDENTITY;
  const signal = { signalName, input, header, identity, requestId, externalWorkflowExecution };
  return signalRun(run, signal, environment);
}

/**
 * Asks the run, for another workflow, to cancel itself. A run that has closed or was asked before
 * needs no asking.
 *
 * @throws {NotFoundError} The run is not the sender's child though it must be.
 */
export function receiveCancel(
  run: RunState,
  received: { readonly sender: Sender; readonly isChildOnly: boolean; readonly reason: string },
  environment: StepEnvironment,
): RunStep {
  const { sender, isChildOnly, reason } = received;
  if (!isOpen(run)) return new Step(run, environment).finish();
  if (isChildOnly) requireParent(run, sender);
  if (run.isCancelRequested) return new Step(run, environment).finish();
  const cancel = {
    requestId: messageId(sender),
    identity: SERVER_IDENTITY,
    cause: reason,
    externalInitiatedEventId: sender.initiatedEventId,
    externalWorkflowExecution: sender.execution,
  };
  return requestCancelRun(run, cancel, environment);
}

/**
 * Terminates the run because its parent has closed.
 *
 * @throws {NotFoundError} The run has closed, or is not the sender's child.
 */
export function receiveTermination(
  run: RunState,
  sender: Sender,
  environment: StepEnvironment,
): RunStep {
  if (isOpen(run)) requireParent(run, sender);
  const reason = "by parent close policy";
  const terminate = { reason, details: undefined, identity: SERVER_IDENTITY };
  return terminateRun(run, terminate, environment);
}

/** What became of a message to another workflow. */
export interface Delivery<Cause> {
  readonly initiatedEventId: number;
  /** Name of the namespace it went to. */
  readonly namespace: string;
  /** `undefined`: it was delivered. */
  readonly failedCause: Cause | undefined;
}

/** Tells the sender what became of its signal. */
export function recordSignalDelivery(
  run: RunState,
  delivery: Delivery<SignalExternalWorkflowExecutionFailedCause>,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const message = isOpen(run) ? run.peers.outbox.get(delivery.initiatedEventId) : undefined;
  if (message?.kind !== "signal") return step.finish();
  const { failedCause: cause } = delivery;
  const { control } = message.attributes;
  const value = { ...deliveryFields(delivery, message.attributes), control };
  if (cause === undefined) {
    tellWorkflow(step, { kind: "externalWorkflowExecutionSignaledEventAttributes", value });
  } else {
    const kind = "signalExternalWorkflowExecutionFailedEventAttributes";
    tellWorkflow(step, { kind, value: { ...value, cause } });
  }
  return step.finish();
}

/** Tells the sender what became of its request to cancel. */
export function recordCancelDelivery(
  run: RunState,
  delivery: Delivery<CancelExternalWorkflowExecutionFailedCause>,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const message = isOpen(run) ? run.peers.outbox.get(delivery.initiatedEventId) : undefined;
  if (message?.kind !== "cancel") return step.finish();
  const { failedCause: cause } = delivery;
  const value = deliveryFields(delivery, message.attributes);
  if (cause === undefined) {
    tellWorkflow(step, { kind: "externalWorkflowExecutionCancelRequestedEventAttributes", value });
  } else {
    const kind = "requestCancelExternalWorkflowExecutionFailedEventAttributes";
    tellWorkflow(step, { kind, value: { ...value, cause } });
  }
  return step.finish();
}

type Initiated =
  | SignalExternalWorkflowExecutionInitiatedEventAttributesInit
  | RequestCancelExternalWorkflowExecutionInitiatedEventAttributesInit;

function deliveryFields(
  delivery: Delivery<unknown>,
  initiated: Initiated,
): {
  readonly initiatedEventId: bigint;
  readonly namespace: string;
  readonly namespaceId: string | undefined;
  readonly workflowExecution: WorkflowExecutionInit;
} {
  const { workflowId, runId } = initiated.workflowExecution ?? {};
  return {
    initiatedEventId: BigInt(delivery.initiatedEventId),
    namespace: delivery.namespace,
    namespaceId: initiated.namespaceId,
    workflowExecution: { workflowId, runId },
  };
}

/** Notes that a message of the closed run was delivered, or has nobody to go to. */
export function dropFarewell(run: RunState, key: number, environment: StepEnvironment): RunStep {
  const step = new Step(run, environment);
  if (!isOpen(run) && run.peers.outbox.has(key)) step.dropFarewell(key);
  return step.finish();
}
