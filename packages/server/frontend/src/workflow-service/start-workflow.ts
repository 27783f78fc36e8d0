import type { SignalInput } from "@perdure/engine";
import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import {
  type SignalWithStartWorkflowExecutionRequest,
  SignalWithStartWorkflowExecutionResponse,
  type StartWorkflowExecutionRequest,
  type StartWorkflowExecutionRequestInit,
  StartWorkflowExecutionResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import { EncodedResponse } from "../grpc/encoded-response.js";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";

import { signalLink } from "./signal-link.js";
import { checkSignalWithStart, checkStart } from "./start-checks.js";

/** Number of the field `eager_workflow_task` of `StartWorkflowExecutionResponse`. */
const EAGER_TASK_FIELD = 2;

/** `temporal.api.workflowservice.v1.WorkflowService/StartWorkflowExecution` */
export async function startWorkflowExecution(
  request: StartWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const checked = checkStart(request, deps);
  const reply = await deps.workflows.start({
    namespaceId: namespace.id,
    request: checked,
    isEager: request.requestEagerExecution,
  });
  const head = StartWorkflowExecutionResponse.encode({
    runId: reply.runId,
    started: reply.isStarted,
    status: reply.status,
    link: reply.isAttached
      ? requestLink(namespace.name, reply.runId, checked)
      : startLink(namespace.name, request.workflowId, reply.runId),
    firstExecutionRunId: reply.firstExecutionRunId,
  });
  if (reply.eagerTask === undefined) return new EncodedResponse(head);
  return new EncodedResponse(encodeWithRaw(head, EAGER_TASK_FIELD, [reply.eagerTask]));
}

/** A link to the event of a request that was attached to a run: it may not have an ID yet. */
function requestLink(
  namespace: string,
  runId: string,
  request: Pick<StartWorkflowExecutionRequestInit, "workflowId" | "requestId">,
): LinkInit {
  const { workflowId, requestId } = request;
  const eventType = EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED;
  const reference = { kind: "requestIdRef", value: { requestId, eventType } } as const;
  return {
    variant: { kind: "workflowEvent", value: { namespace, workflowId, runId, reference } },
  };
}

/** A link to the event that started a run. */
export function startLink(namespace: string, workflowId: string, runId: string): LinkInit {
  const eventType = EventType.WORKFLOW_EXECUTION_STARTED;
  const reference = { kind: "eventRef", value: { eventId: 1n, eventType } } as const;
  return {
    variant: { kind: "workflowEvent", value: { namespace, workflowId, runId, reference } },
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/SignalWithStartWorkflowExecution` */
export async function signalWithStartWorkflowExecution(
  request: SignalWithStartWorkflowExecutionRequest,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const start = checkSignalWithStart(request, deps);
  const signal: SignalInput = {
    signalName: request.signalName,
    input: request.signalInput,
    identity: request.identity,
    header: request.header,
    requestId: start.requestId ?? "",
    links: request.links,
    skipsBackoff: true,
  };
  const reply = await deps.workflows.signalWithStart({
    namespaceId: namespace.id,
    request: start,
    signal,
    isEager: false,
  });
  return new EncodedResponse(
    SignalWithStartWorkflowExecutionResponse.encode({
      runId: reply.runId,
      started: reply.isStarted,
      signalLink: signalLink(
        { workflowId: request.workflowId, runId: reply.runId },
        namespace.name,
        start.requestId ?? "",
      ),
      firstExecutionRunId: reply.firstExecutionRunId,
    }),
  );
}
