import { isUuid } from "@perdure/kernel";
import type {
  RequestCancelExternalWorkflowExecutionCommandAttributesInit,
  SignalExternalWorkflowExecutionCommandAttributesInit,
} from "@perdure/proto/temporal/api/command/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { BadCommandError } from "./bad-command-error.js";
import type { CommandContext } from "./commands.js";
import { checkPayloadSize } from "./schedule-activity.js";
import type { Step } from "./step.js";
import { targetNamespace } from "./target-namespace.js";

const SIGNAL_CAUSE = WorkflowTaskFailedCause.BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES;
const CANCEL_CAUSE =
  WorkflowTaskFailedCause.BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES;

/** Asks for a signal to another workflow: it is sent once the commit of this step is durable. */
export function initiateSignal(
  context: CommandContext,
  command: SignalExternalWorkflowExecutionCommandAttributesInit,
  userMetadata: UserMetadataInit | undefined,
): void {
  const { step } = context;
  const { limits } = step.environment;
  if (command.execution === undefined) {
    throw new BadCommandError(
      SIGNAL_CAUSE,
      "Execution is not set on SignalExternalWorkflowExecutionCommand.",
    );
  }
  const namespace = targetNamespace(step, command.namespace ?? "", SIGNAL_CAUSE);
  checkSignal(command, limits.idLengthMax);
  checkPendingSignals(step);
  checkPayloadSize(step, command.input, {
    cause: SIGNAL_CAUSE,
    message: "SignalExternalWorkflowExecutionCommandAttributes.Input exceeds size limit.",
  });
  const { workflowId, runId } = command.execution;
  const value = {
    workflowTaskCompletedEventId: BigInt(context.completedEventId),
    namespace: command.namespace,
    namespaceId: namespace.id,
    workflowExecution: { workflowId, runId },
    signalName: command.signalName,
    input: command.input,
    control: command.control,
    childWorkflowOnly: command.childWorkflowOnly,
    header: command.header,
  };
  const kind = "signalExternalWorkflowExecutionInitiatedEventAttributes";
  step.record({ kind, value }, { userMetadata });
}

function checkPendingSignals(step: Step): void {
  const { pendingSignalsMax } = step.environment.limits;
  const { pendingSignalCount } = step.draft.peers;
  if (pendingSignalCount < pendingSignalsMax) return;
  throw new BadCommandError(
    WorkflowTaskFailedCause.PENDING_SIGNALS_LIMIT_EXCEEDED,
    `the number of pending signals to external workflows, ${pendingSignalCount}, has reached the per-workflow limit of ${pendingSignalsMax}`,
  );
}

function checkSignal(
  command: SignalExternalWorkflowExecutionCommandAttributesInit,
  lengthMax: number,
): void {
  const { workflowId = "", runId = "" } = command.execution ?? {};
  const { namespace = "", signalName = "" } = command;
  const bad = (message: string): BadCommandError => new BadCommandError(SIGNAL_CAUSE, message);
  if (workflowId === "") {
    throw bad(
      `WorkflowId is not set on SignalExternalWorkflowExecutionCommand. Namespace=${namespace} RunId=${runId} SignalName=${signalName}`,
    );
  }
  const length = Buffer.byteLength(workflowId);
  if (length > lengthMax) {
    throw bad(
      `WorkflowId on SignalExternalWorkflowExecutionCommand exceeds length limit. WorkflowId=${workflowId} Length=${length} Limit=${lengthMax} Namespace=${namespace} RunId=${runId} SignalName=${signalName}`,
    );
  }
  if (runId !== "" && !isUuid(runId)) {
    throw bad(
      `Invalid RunId set on SignalExternalWorkflowExecutionCommand. WorkflowId=${workflowId} Namespace=${namespace} RunId=${runId} SignalName=${signalName}`,
    );
  }
  if (signalName === "") {
    throw bad(
      `SignalName is not set on SignalExternalWorkflowExecutionCommand. WorkflowId=${workflowId} Namespace=${namespace} RunId=${runId}`,
    );
  }
}

/** Asks for another workflow's cancellation: it is sent once the commit of this step is durable. */
export function initiateCancel(
  context: CommandContext,
  command: RequestCancelExternalWorkflowExecutionCommandAttributesInit,
  userMetadata: UserMetadataInit | undefined,
): void {
  const { step } = context;
  const { limits } = step.environment;
  const namespace = targetNamespace(step, command.namespace ?? "", CANCEL_CAUSE);
  checkCancel(context, command, limits.idLengthMax);
  const { pendingCancelCount } = step.draft.peers;
  if (pendingCancelCount >= limits.pendingCancelsMax) {
    throw new BadCommandError(
      WorkflowTaskFailedCause.PENDING_REQUEST_CANCEL_LIMIT_EXCEEDED,
      `the number of pending requests to cancel external workflows, ${pendingCancelCount}, has reached the per-workflow limit of ${limits.pendingCancelsMax}`,
    );
  }
  const value = {
    workflowTaskCompletedEventId: BigInt(context.completedEventId),
    namespace: command.namespace,
    namespaceId: namespace.id,
    workflowExecution: { workflowId: command.workflowId, runId: command.runId },
    control: command.control,
    childWorkflowOnly: command.childWorkflowOnly,
    reason: command.reason,
  };
  const kind = "requestCancelExternalWorkflowExecutionInitiatedEventAttributes";
  step.record({ kind, value }, { userMetadata });
}

function checkCancel(
  context: CommandContext,
  command: RequestCancelExternalWorkflowExecutionCommandAttributesInit,
  lengthMax: number,
): void {
  const { workflowId = "", runId = "", namespace = "" } = command;
  const bad = (message: string): BadCommandError => new BadCommandError(CANCEL_CAUSE, message);
  if (workflowId === "") {
    throw bad(
      `WorkflowId is not set on RequestCancelExternalWorkflowExecutionCommand. Namespace=${namespace} RunId=${runId}`,
    );
  }
  const length = Buffer.byteLength(workflowId);
  if (length > lengthMax) {
    throw bad(
      `WorkflowId on RequestCancelExternalWorkflowExecutionCommand exceeds length limit. WorkflowId=${workflowId} Length=${length} Limit=${lengthMax} RunId=${runId} Namespace=${namespace}`,
    );
  }
  if (runId !== "" && !isUuid(runId)) {
    throw bad(
      `Invalid RunId set on RequestCancelExternalWorkflowExecutionCommand. WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace}`,
    );
  }
  if (context.initiatedChildren?.has(workflowId) === true) {
    throw bad(
      `Start and RequestCancel for child workflow is not allowed in same workflow task. WorkflowId=${workflowId} RunId=${runId} Namespace=${namespace}`,
    );
  }
}
