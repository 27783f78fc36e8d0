import { durationMs } from "@perdure/engine";
import {
  DomainError,
  InvalidArgumentError,
  MultiOperationError,
  NamespaceNotFoundError,
  type OperationOutcome,
} from "@perdure/kernel";
import type {
  ExecuteMultiOperationRequest,
  ExecuteMultiOperationResponseInit,
  StartWorkflowExecutionRequest,
  StartWorkflowExecutionRequestInit,
  UpdateWorkflowExecutionRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { CallContext } from "../grpc/call-context.js";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";

import { checkStart } from "./start-checks.js";
import { startLink } from "./start-workflow.js";
import { type CheckedUpdate, checkUpdate, updateLink, updateResponse, waitOf } from "./updates.js";

/** `temporal.api.workflowservice.v1.WorkflowService/ExecuteMultiOperation` */
export async function executeMultiOperation(
  request: ExecuteMultiOperationRequest,
  call: CallContext,
  deps: WorkflowServiceDeps,
): Promise<ExecuteMultiOperationResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { start, update, stage } = readOperations(request, namespace, deps);
  const reply = await deps.updateWithStart.execute({
    start: { namespaceId: namespace.id, request: start, isEager: false },
    update,
    wait: waitOf(stage, call, deps),
  });
  const { runId, isStarted, status, firstExecutionRunId } = reply.start;
  const workflowId = start.workflowId ?? "";
  const place = { namespace: namespace.name, workflowId };
  const startResponse = { runId, started: isStarted, status };
  const response = updateResponse(place, update, reply.update);
  if (reply.isRepeated) return responses(startResponse, response);
  const link = startLink(namespace.name, workflowId, runId);
  const started = isStarted ? { ...startResponse, firstExecutionRunId } : startResponse;
  return responses(
    { ...started, link },
    { ...response, link: updateLink(place, update, reply.update) },
  );
}

type ResponseOf<K extends "startWorkflow" | "updateWorkflow"> = Extract<
  NonNullable<NonNullable<ExecuteMultiOperationResponseInit["responses"]>[number]["response"]>,
  { readonly kind: K }
>["value"];

function responses(
  start: ResponseOf<"startWorkflow">,
  update: ResponseOf<"updateWorkflow">,
): ExecuteMultiOperationResponseInit {
  return {
    responses: [
      { response: { kind: "startWorkflow", value: start } },
      { response: { kind: "updateWorkflow", value: update } },
    ],
  };
}

type CheckedOperations = Omit<CheckedUpdate, "target"> & {
  readonly start: StartWorkflowExecutionRequestInit;
};

/**
 * Reads the operations, which are a start and an update of one workflow.
 *
 * @throws {InvalidArgumentError} They are others.
 * @throws {MultiOperationError} One of them, or both, are wrong by themselves or together.
 */
function readOperations(
  request: ExecuteMultiOperationRequest,
  namespace: { readonly id: string; readonly name: string },
  deps: WorkflowServiceDeps,
): CheckedOperations {
  const [first, second, third] = request.operations.map(({ operation }) => operation);
  const isStartAndUpdate =
    first?.kind === "startWorkflow" && second?.kind === "updateWorkflow" && third === undefined;
  if (!isStartAndUpdate || request.operations.length !== 2) {
    throw new InvalidArgumentError("Operations have to be exactly [Start, Update].");
  }
  const start = tryOperation(() => readStart(first.value, namespace.name, deps));
  const update = tryOperation(() => readUpdate(second.value, namespace, deps));
  const isTwofold =
    start.result !== undefined &&
    update.result !== undefined &&
    start.result.workflowId !== update.result.target.workflowId;
  if (start.result === undefined || update.result === undefined || isTwofold) {
    throw new MultiOperationError([start.outcome, isTwofold ? INCONSISTENT : update.outcome]);
  }
  return { ...update.result, start: start.result };
}

const INCONSISTENT: OperationOutcome = {
  kind: "failed",
  error: new InvalidArgumentError("WorkflowId is not consistent with previous operation(s)."),
};

interface Tried<T> {
  readonly result: T | undefined;
  /** What is said of the operation when the request as a whole is refused. */
  readonly outcome: OperationOutcome;
}

function tryOperation<T>(read: () => T): Tried<T> {
  try {
    return { result: read(), outcome: { kind: "aborted" } };
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { result: undefined, outcome: { kind: "failed", error } };
  }
}

function checkNamespace(name: string, namespace: string): void {
  if (name === "" || name === namespace) return;
  throw new InvalidArgumentError("Operation namespace did not match request's namespace.");
}

function readStart(
  start: StartWorkflowExecutionRequest,
  namespace: string,
  deps: WorkflowServiceDeps,
): StartWorkflowExecutionRequestInit {
  checkNamespace(start.namespace, namespace);
  // Unlike the update, the start must say its namespace.
  if (start.namespace === "") throw new NamespaceNotFoundError("");
  const checked = checkStart(start, deps);
  if (start.cronSchedule !== "") throw new InvalidArgumentError("CronSchedule is not allowed.");
  if (start.requestEagerExecution) {
    throw new InvalidArgumentError("RequestEagerExecution is not supported.");
  }
  if (durationMs(start.workflowStartDelay) > 0) {
    throw new InvalidArgumentError("WorkflowStartDelay is not supported.");
  }
  return checked;
}

function readUpdate(
  update: UpdateWorkflowExecutionRequest,
  namespace: { readonly id: string; readonly name: string },
  deps: WorkflowServiceDeps,
): CheckedUpdate {
  checkNamespace(update.namespace, namespace.name);
  const checked = checkUpdate(update, namespace.id, deps);
  if (update.firstExecutionRunId !== "") {
    throw new InvalidArgumentError("FirstExecutionRunId is not allowed.");
  }
  if (checked.target.runId !== "") throw new InvalidArgumentError("RunId is not allowed.");
  return checked;
}
