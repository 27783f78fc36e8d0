import { InvalidArgumentError } from "@perdure/kernel";
import type {
  DeleteWorkflowExecutionRequest,
  DescribeWorkflowExecutionRequest,
  DescribeWorkflowExecutionResponseInit,
  RequestCancelWorkflowExecutionRequest,
  ResetStickyTaskQueueRequest,
  SignalWorkflowExecutionRequest,
  SignalWorkflowExecutionResponseInit,
  TerminateWorkflowExecutionRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkBlobSize, checkLength, readTarget } from "./request-checks.js";
import { signalLink } from "./signal-link.js";

/** `temporal.api.workflowservice.v1.WorkflowService/SignalWorkflowExecution` */
export async function signalWorkflowExecution(
  request: SignalWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<SignalWorkflowExecutionResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.workflowExecution);
  const { signalName, input, identity, header, requestId, links } = request;
  if (signalName === "") throw new InvalidArgumentError("SignalName is not set on request.");
  const lengthMax = deps.limits.idLengthMax;
  checkLength(signalName, lengthMax, "SignalName length exceeds limit.");
  checkLength(requestId, lengthMax, "RequestId length exceeds limit.");
  checkBlobSize(input, deps.limits.blobSizeMaxBytes);
  const runId = await deps.workflows.signal(target, {
    signalName,
    input,
    identity,
    header,
    requestId,
    links,
  });
  return { link: signalLink({ ...target, runId }, namespace.name, requestId) };
}

/** `temporal.api.workflowservice.v1.WorkflowService/RequestCancelWorkflowExecution` */
export async function requestCancelWorkflowExecution(
  request: RequestCancelWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.workflowExecution);
  const { requestId, identity, links, firstExecutionRunId, reason } = request;
  const cancel = { requestId, identity, links, cause: reason };
  await deps.workflows.requestCancel({ ...target, firstExecutionRunId }, cancel);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/TerminateWorkflowExecution` */
export async function terminateWorkflowExecution(
  request: TerminateWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.workflowExecution);
  const { details, links, firstExecutionRunId } = request;
  const reason = request.reason || "terminated by user via frontend";
  const identity = request.identity || "frontend-service";
  const terminate = { reason, details, identity, links };
  await deps.workflows.terminate({ ...target, firstExecutionRunId }, terminate);
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/DeleteWorkflowExecution` */
export async function deleteWorkflowExecution(
  request: DeleteWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  await deps.workflows.delete(readTarget(namespace.id, request.workflowExecution));
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeWorkflowExecution` */
export async function describeWorkflowExecution(
  request: DescribeWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<DescribeWorkflowExecutionResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const target = readTarget(namespace.id, request.execution);
  return deps.workflows.describe(target);
}

/** `temporal.api.workflowservice.v1.WorkflowService/ResetStickyTaskQueue` */
export async function resetStickyTaskQueue(
  request: ResetStickyTaskQueueRequest,
  deps: WorkflowServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  await deps.workflows.resetSticky(readTarget(namespace.id, request.execution));
  return {};
}
