import { InvalidArgumentError } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import type { NexusTaskToken } from "@perdure/proto/perdure/internal/v1";
import type {
  HandlerError,
  Response,
  StartOperationResponse,
} from "@perdure/proto/temporal/api/nexus/v1";
import type {
  PollNexusTaskQueueRequest,
  RespondNexusTaskCompletedRequest,
  RespondNexusTaskFailedRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { decodeNexusTaskToken, handlerFailure, type NexusTaskOutcome } from "@perdure/runtime";
import type { CallContext } from "../grpc/call-context.js";
import { EncodedResponse } from "../grpc/encoded-response.js";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { fromProtoFailure, toFailure } from "../nexus/nexus-failure.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkLength, readQueueName } from "./request-checks.js";
import { pollWaitMs } from "./worker-tasks.js";

const NO_TASK = new EncodedResponse(new Uint8Array(0));

/** `temporal.api.workflowservice.v1.WorkflowService/PollNexusTaskQueue` */
export async function pollNexusTaskQueue(
  request: PollNexusTaskQueueRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<EncodedResponse> {
  const namespace = resolveNamespace(deps, request.namespace);
  const lengthMax = deps.limits.idLengthMax;
  const name = readQueueName(request.taskQueue, lengthMax);
  checkLength(request.identity, lengthMax, "Identity length exceeds limit.");
  const dispatch = await deps.poll({
    queue: { namespaceId: namespace.id, name, taskKind: TaskKind.NEXUS },
    info: { identity: request.identity, buildId: request.workerVersionCapabilities?.buildId ?? "" },
    signal: call.signal,
    timeoutMs: pollWaitMs(call, deps, "PollNexusTaskQueue"),
  });
  return dispatch === undefined ? NO_TASK : new EncodedResponse(dispatch.response);
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondNexusTaskCompleted` */
export function respondNexusTaskCompleted(
  request: RespondNexusTaskCompletedRequest,
  deps: WorkflowServiceDeps,
): Record<string, never> {
  requireToken(request.taskToken);
  checkOperationToken(request.response, deps.limits.nexusTokenLengthMax);
  const token = readToken(request, deps);
  deps.nexus.tasks.answer(token, outcomeOf(request.response));
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/RespondNexusTaskFailed` */
export function respondNexusTaskFailed(
  request: RespondNexusTaskFailedRequest,
  deps: WorkflowServiceDeps,
): Record<string, never> {
  requireToken(request.taskToken);
  const token = readToken(request, deps);
  const { error, failure } = request;
  if (error === undefined && failure === undefined) {
    throw new InvalidArgumentError("request must contain error or failure");
  }
  if (failure !== undefined && failure.failureInfo?.kind !== "nexusHandlerFailureInfo") {
    throw new InvalidArgumentError(
      "request Failure must contain error or failure with NexusHandlerFailureInfo",
    );
  }
  const told = error === undefined ? (failure ?? {}) : fromHandlerError(error);
  deps.nexus.tasks.answer(token, { kind: "handlerFailed", failure: told });
  return {};
}

function requireToken(taskToken: Uint8Array): void {
  if (taskToken.length === 0) throw new InvalidArgumentError("Task token not set on request.");
}

/** Reads the token, which must be of the request's namespace. */
function readToken(
  request: { readonly taskToken: Uint8Array; readonly namespace: string },
  deps: WorkflowServiceDeps,
): NexusTaskToken {
  const token = decodeNexusTaskToken(request.taskToken);
  const isForeign =
    request.namespace !== "" && deps.namespaces.resolve(request.namespace).id !== token.namespaceId;
  if (!isForeign) return token;
  throw new InvalidArgumentError("Operation requested with a token from a different namespace.");
}

function checkOperationToken(response: Response | undefined, lengthMax: number): void {
  const variant = startVariant(response);
  if (variant?.kind !== "asyncSuccess") return;
  const token = variant.value.operationToken || variant.value.operationId;
  if (token === "") throw new InvalidArgumentError("missing opration token in response");
  const length = Buffer.byteLength(token);
  if (length <= lengthMax) return;
  throw new InvalidArgumentError(
    `operation token length exceeds allowed limit (${length}/${lengthMax})`,
  );
}

function startVariant(response: Response | undefined): StartOperationResponse["variant"] {
  const variant = response?.variant;
  return variant?.kind === "startOperation" ? variant.value.variant : undefined;
}

const EMPTY_OUTCOME: NexusTaskOutcome = {
  kind: "handlerFailed",
  failure: handlerFailure("INTERNAL", "empty outcome"),
};

function outcomeOf(response: Response | undefined): NexusTaskOutcome {
  if (response?.variant?.kind === "cancelOperation") return { kind: "canceling" };
  const variant = startVariant(response);
  switch (variant?.kind) {
    case "syncSuccess": {
      const { payload: result, links } = variant.value;
      return { kind: "succeeded", result, links };
    }
    case "asyncSuccess": {
      const { operationToken, operationId, links } = variant.value;
      return { kind: "started", operationToken: operationToken || operationId, links };
    }
    case "operationError": {
      const { operationState, failure } = variant.value;
      const state = operationState === "canceled" ? "canceled" : "failed";
      return { kind: "unsuccessful", state, cause: toFailure(fromProtoFailure(failure)) };
    }
    case "failure": {
      const cause = variant.value;
      const isCanceled = cause.failureInfo?.kind === "canceledFailureInfo";
      return { kind: "unsuccessful", state: isCanceled ? "canceled" : "failed", cause };
    }
    default:
      return EMPTY_OUTCOME;
  }
}

/** The failure that an older SDK tells in a form of its own. */
function fromHandlerError(error: HandlerError): ReturnType<typeof handlerFailure> {
  const { errorType: type, retryBehavior } = error;
  return {
    failureInfo: { kind: "nexusHandlerFailureInfo", value: { type, retryBehavior } },
    cause: toFailure(fromProtoFailure(error.failure)),
  };
}
