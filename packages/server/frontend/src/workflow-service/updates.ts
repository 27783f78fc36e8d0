import type { UpdateInput } from "@perdure/engine";
import { InvalidArgumentError, PermissionDeniedError, uuidV7 } from "@perdure/kernel";
import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import {
  EventType,
  UpdateWorkflowExecutionLifecycleStage as Stage,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  PollWorkflowExecutionUpdateRequest,
  PollWorkflowExecutionUpdateResponseInit,
  UpdateWorkflowExecutionRequest,
  UpdateWorkflowExecutionResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { RunTarget, UpdateReply, UpdateWait } from "@perdure/runtime";
import type { CallContext } from "../grpc/call-context.js";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkLength, readTarget } from "./request-checks.js";

/** How long a call without a deadline of its own waits at most. */
const WAIT_MS_MAX = 60_000;

/** A checked request to update a workflow. */
export interface CheckedUpdate {
  readonly target: RunTarget;
  readonly update: UpdateInput;
  readonly stage: Stage;
}

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateWorkflowExecution` */
export async function updateWorkflowExecution(
  request: UpdateWorkflowExecutionRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<UpdateWorkflowExecutionResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { target, update, stage } = checkUpdate(request, namespace.id, deps);
  const reply = await deps.updates.update(target, update, waitOf(stage, call, deps));
  const place = { namespace: namespace.name, workflowId: target.workflowId };
  return { ...updateResponse(place, update, reply), link: updateLink(place, update, reply) };
}

/**
 * Checks a request to update a workflow, and makes up an ID for it if it has none.
 *
 * @throws {InvalidArgumentError} With the official wording.
 * @throws {PermissionDeniedError} The caller does not want to wait until the workflow has it.
 */
export function checkUpdate(
  request: UpdateWorkflowExecutionRequest,
  namespaceId: string,
  deps: WorkflowServiceDeps,
): CheckedUpdate {
  const target = readTarget(namespaceId, request.workflowExecution);
  const { firstExecutionRunId } = request;
  const meta = request.request?.meta;
  if (request.request === undefined || meta === undefined) {
    throw new InvalidArgumentError("Update meta is not set on request.");
  }
  checkLength(meta.updateId, deps.limits.idLengthMax, "UpdateId length exceeds limit.");
  const { input, completionCallbacks, requestId } = request.request;
  if (input === undefined) throw new InvalidArgumentError("Update input is not set on request.");
  if (input.name === "") throw new InvalidArgumentError("Update name is not set on request.");
  const stage = request.waitPolicy?.lifecycleStage || Stage.COMPLETED;
  if (stage === Stage.ADMITTED) {
    throw new PermissionDeniedError(
      "UpdateWorkflowExecution issued asynchronously and waiting on update admitted is not supported.",
    );
  }
  if (completionCallbacks.length > 0 && requestId === "") {
    throw new InvalidArgumentError(
      "invalid *update.Request: request_id is required when completion_callbacks are set",
    );
  }
  const updateId = meta.updateId || uuidV7(deps.clock.nowMs(), deps.random);
  const update = {
    updateId,
    request: { ...request.request, meta: { ...meta, updateId } },
  };
  return { target: { ...target, firstExecutionRunId }, update, stage };
}

/** How long a call waits for an update. */
export function waitOf(stage: Stage, call: CallContext, deps: WorkflowServiceDeps): UpdateWait {
  const deadlineMs = call.deadlineMs ?? deps.clock.nowMs() + WAIT_MS_MAX;
  return { stage, deadlineMs, signal: call.signal };
}

interface Place {
  readonly namespace: string;
  readonly workflowId: string;
}

/** What a caller is told of an update, but for the link. */
export function updateResponse(
  place: Place,
  update: UpdateInput,
  reply: UpdateReply,
): UpdateWorkflowExecutionResponseInit {
  const { runId, outcome, stage } = reply;
  const { updateId } = update;
  const workflowExecution = { workflowId: place.workflowId, runId };
  return { updateRef: { workflowExecution, updateId }, outcome, stage };
}

/**
 * A link to the event that accepted an update, by the ID of the request; to the workflow when
 * the update failed, since a rejected update has no event. The official server takes a rejection
 * without a failure for no failure.
 */
export function updateLink(
  place: Place,
  update: UpdateInput,
  reply: UpdateReply,
): LinkInit | undefined {
  const { runId, outcome, stage, lacksFailure } = reply;
  const run = { ...place, runId };
  const hasFailure = outcome?.value?.kind === "failure" && lacksFailure !== true;
  if (stage === Stage.COMPLETED && hasFailure) {
    return { variant: { kind: "workflow", value: { ...run, reason: "Update rejected" } } };
  }
  if (stage !== Stage.COMPLETED && stage !== Stage.ACCEPTED) return undefined;
  const eventType = EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED;
  const requestId = update.request.requestId ?? "";
  const reference = { kind: "requestIdRef", value: { requestId, eventType } } as const;
  return { variant: { kind: "workflowEvent", value: { ...run, reference } } };
}

/** `temporal.api.workflowservice.v1.WorkflowService/PollWorkflowExecutionUpdate` */
export async function pollWorkflowExecutionUpdate(
  request: PollWorkflowExecutionUpdateRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<PollWorkflowExecutionUpdateResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { updateRef } = request;
  if (updateRef === undefined) throw new InvalidArgumentError("UpdateRef is not set on request.");
  if ((updateRef.workflowExecution?.workflowId ?? "") === "") {
    throw new InvalidArgumentError("Can't load workflow execution.  WorkflowId not set.");
  }
  const target = readTarget(namespace.id, updateRef.workflowExecution);
  const stage = request.waitPolicy?.lifecycleStage ?? Stage.UNSPECIFIED;
  const { updateId } = updateRef;
  const reply = await deps.updates.poll(target, updateId, waitOf(stage, call, deps));
  const { workflowId } = target;
  return {
    outcome: reply.outcome,
    stage: reply.stage,
    updateRef: { workflowExecution: { workflowId, runId: reply.runId }, updateId },
  };
}
