import { createHash } from "node:crypto";
import { NotFoundError } from "@perdure/kernel";
import type { WorkflowExecution } from "@perdure/proto/temporal/api/common/v1";
import {
  DeleteWorkflowExecutionRequest,
  RequestCancelWorkflowExecutionRequest,
  ResetActivityRequest,
  ResetWorkflowExecutionRequest,
  SignalWorkflowExecutionRequest,
  type StartBatchOperationRequestInit,
  TerminateWorkflowExecutionRequest,
  UnpauseActivityRequest,
  UpdateActivityOptionsRequest,
  UpdateWorkflowExecutionOptionsRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { MessageType } from "@perdure/proto/wire";
import {
  resetActivity,
  unpauseActivity,
  updateActivityOptions,
} from "../workflow-service/activity-operations.js";
import type { WorkflowServiceDeps } from "../workflow-service/deps.js";
import { resetWorkflowExecution } from "../workflow-service/reset-workflow.js";
import {
  deleteWorkflowExecution,
  requestCancelWorkflowExecution,
  signalWorkflowExecution,
  terminateWorkflowExecution,
} from "../workflow-service/workflow-messages.js";
import { updateWorkflowExecutionOptions } from "../workflow-service/workflow-options.js";
import { findResetPoint } from "./find-reset-point.js";

type Operation = NonNullable<StartBatchOperationRequestInit["operation"]>;
type ValueOf<K extends Operation["kind"]> = Extract<Operation, { readonly kind: K }>["value"];

/** What every request on one workflow of a batch has. */
interface Single {
  readonly batch: StartBatchOperationRequestInit;
  readonly execution: WorkflowExecution;
  readonly deps: WorkflowServiceDeps;
}

/**
 * Does a batch's operation to one workflow, by what its RPC does.
 *
 * @throws {DomainError} As that RPC.
 */
export async function performOperation(
  batch: StartBatchOperationRequestInit,
  execution: WorkflowExecution,
  deps: WorkflowServiceDeps,
): Promise<void> {
  const single = { batch, execution, deps };
  const { operation } = batch;
  switch (operation?.kind) {
    case "terminationOperation":
      return terminate(single, operation.value);
    case "cancellationOperation":
      return cancel(single, operation.value);
    case "signalOperation":
      return signal(single, operation.value);
    case "deletionOperation":
      return remove(single);
    case "resetOperation":
      return reset(single, operation.value);
    case "updateWorkflowOptionsOperation":
      return updateOptions(single, operation.value);
    case "unpauseActivitiesOperation":
      return unpauseActivities(single, operation.value);
    case "resetActivitiesOperation":
      return resetActivities(single, operation.value);
    case "updateActivityOptionsOperation":
      return updateActivities(single, operation.value);
    default:
      // It is one on activities that belong to no workflow, of which there are none.
      throw new NotFoundError(`activity not found for ID: ${execution.workflowId}`);
  }
}

/** A request as it comes over the wire: with the values that absent fields have. */
function sent<T extends object, I>(type: MessageType<T, I>, request: I): T {
  return type.decode(type.encode(request));
}

function named({ batch, execution }: Single): {
  readonly namespace: string;
  readonly workflowExecution: WorkflowExecution;
} {
  return { namespace: batch.namespace ?? "", workflowExecution: execution };
}

/** The same each time, so that what is done a second time changes nothing. */
function requestIdOf({ batch, execution }: Single, verb: string): string {
  const name = JSON.stringify([batch.jobId, verb, execution.workflowId, execution.runId]);
  const digest = createHash("sha1").update(name).digest("hex");
  // The form of a UUID of version 5, which is one made of a name.
  const parts = [digest.slice(0, 8), digest.slice(8, 12), `5${digest.slice(13, 16)}`];
  return [...parts, `8${digest.slice(17, 20)}`, digest.slice(20, 32)].join("-");
}

async function terminate(single: Single, value: ValueOf<"terminationOperation">): Promise<void> {
  const { details, identity } = value;
  const request = { ...named(single), reason: single.batch.reason, details, identity };
  await terminateWorkflowExecution(sent(TerminateWorkflowExecutionRequest, request), single.deps);
}

async function cancel(single: Single, value: ValueOf<"cancellationOperation">): Promise<void> {
  const requestId = requestIdOf(single, "cancel");
  const request = { ...named(single), identity: value.identity, requestId };
  const full = sent(RequestCancelWorkflowExecutionRequest, request);
  await requestCancelWorkflowExecution(full, single.deps);
}

async function signal(single: Single, value: ValueOf<"signalOperation">): Promise<void> {
  const { signal: signalName, input, header, identity } = value;
  const requestId = requestIdOf(single, "signal");
  const request = { ...named(single), signalName, input, header, identity, requestId };
  await signalWorkflowExecution(sent(SignalWorkflowExecutionRequest, request), single.deps);
}

async function remove(single: Single): Promise<void> {
  const request = sent(DeleteWorkflowExecutionRequest, named(single));
  await deleteWorkflowExecution(request, single.deps);
}

async function updateOptions(
  single: Single,
  value: ValueOf<"updateWorkflowOptionsOperation">,
): Promise<void> {
  const request = { ...named(single), ...value };
  const full = sent(UpdateWorkflowExecutionOptionsRequest, request);
  await updateWorkflowExecutionOptions(full, single.deps);
}

async function resetActivities(
  { batch, execution, deps }: Single,
  value: ValueOf<"resetActivitiesOperation">,
): Promise<void> {
  const request = { namespace: batch.namespace, execution, ...value };
  await resetActivity(sent(ResetActivityRequest, request), deps);
}

async function updateActivities(
  { batch, execution, deps }: Single,
  value: ValueOf<"updateActivityOptionsOperation">,
): Promise<void> {
  const request = { namespace: batch.namespace, execution, ...value };
  await updateActivityOptions(sent(UpdateActivityOptionsRequest, request), deps);
}

async function unpauseActivities(
  single: Single,
  value: ValueOf<"unpauseActivitiesOperation">,
): Promise<void> {
  const { activity, ...fields } = value;
  const selected =
    activity?.kind === "matchAll" ? ({ kind: "unpauseAll", value: true } as const) : activity;
  const { batch, execution, deps } = single;
  const { namespace } = batch;
  const request = { namespace, execution, ...fields, activity: selected };
  await unpauseActivity(sent(UnpauseActivityRequest, request), deps);
}

async function reset(single: Single, value: ValueOf<"resetOperation">): Promise<void> {
  const { batch, deps } = single;
  const { options, postResetOperations, identity } = value;
  const point = await findResetPoint(single, value);
  const request = {
    namespace: batch.namespace,
    workflowExecution: point.execution,
    reason: batch.reason,
    requestId: requestIdOf(single, "reset"),
    workflowTaskFinishEventId: BigInt(point.eventId),
    resetReapplyType: options?.resetReapplyType ?? value.resetReapplyType,
    resetReapplyExcludeTypes: options?.resetReapplyExcludeTypes,
    postResetOperations,
    identity,
  };
  await resetWorkflowExecution(sent(ResetWorkflowExecutionRequest, request), deps);
}
