import { FailedPreconditionError } from "@perdure/kernel";
import type { BatchOperationResetInit } from "@perdure/proto/temporal/api/batch/v1";
import type { WorkflowExecution } from "@perdure/proto/temporal/api/common/v1";
import { EventType, ResetType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import {
  GetWorkflowExecutionHistoryReverseResponse,
  type StartBatchOperationRequestInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "../workflow-service/deps.js";
import { readTarget } from "../workflow-service/request-checks.js";

/** Batches of events that are read at a time. */
const PAGE_BATCHES = 1000;

/** Where a workflow is reset to: a run, and the end of one of its workflow tasks. */
interface ResetPlace {
  readonly execution: WorkflowExecution;
  readonly eventId: number;
}

/**
 * Finds the event that a workflow of a batch is reset to.
 *
 * @throws {FailedPreconditionError} It has no such event.
 * @throws {NotFoundError} There is no such run.
 */
export async function findResetPoint(
  single: {
    readonly batch: StartBatchOperationRequestInit;
    readonly execution: WorkflowExecution;
    readonly deps: WorkflowServiceDeps;
  },
  reset: BatchOperationResetInit,
): Promise<ResetPlace> {
  const { batch, execution, deps } = single;
  const { id: namespaceId } = resolveNamespace(deps, batch.namespace ?? "");
  const target = reset.options?.target;
  if (target?.kind === "workflowTaskId") return { execution, eventId: Number(target.value) };
  if (target?.kind === "buildId") {
    const isCurrentOnly = reset.options?.currentRunOnly ?? false;
    const wanted = { buildId: target.value, isCurrentOnly };
    return pointOfBuild({ namespaceId, execution, wanted, deps });
  }
  const isFirst =
    target === undefined
      ? reset.resetType === ResetType.FIRST_WORKFLOW_TASK
      : target.kind === "firstWorkflowTask";
  const eventId = await findTaskEnd({ namespaceId, execution, isFirst, deps });
  return { execution, eventId };
}

async function pointOfBuild(asked: {
  readonly namespaceId: string;
  readonly execution: WorkflowExecution;
  readonly wanted: { readonly buildId: string; readonly isCurrentOnly: boolean };
  readonly deps: WorkflowServiceDeps;
}): Promise<ResetPlace> {
  const { namespaceId, execution, wanted, deps } = asked;
  const { buildId, isCurrentOnly } = wanted;
  const state = await deps.workflows.inspect(readTarget(namespaceId, execution));
  const point = state.resetPoints.find((one) => one.buildId === buildId);
  if (point === undefined) {
    throw new FailedPreconditionError(`Can't find reset point for ${buildId}`);
  }
  if (!point.resettable) {
    throw new FailedPreconditionError(`Reset point for ${buildId} is not resettable`);
  }
  if (point.expiresAtMs > 0 && point.expiresAtMs < deps.clock.nowMs()) {
    throw new FailedPreconditionError(`Reset point for ${buildId} is expired`);
  }
  if (isCurrentOnly && point.runId !== state.runId) {
    throw new FailedPreconditionError(
      `Reset point for ${buildId} points to previous run and CurrentRunOnly is set`,
    );
  }
  const { workflowId } = execution;
  return { execution: { workflowId, runId: point.runId }, eventId: point.firstCompletedEventId };
}

/**
 * The first or last workflow task that was completed; where none was, the place where the first
 * one that was scheduled would have started.
 */
async function findTaskEnd(asked: {
  readonly namespaceId: string;
  readonly execution: WorkflowExecution;
  readonly isFirst: boolean;
  readonly deps: WorkflowServiceDeps;
}): Promise<number> {
  const { namespaceId, execution, isFirst, deps } = asked;
  const target = readTarget(namespaceId, execution);
  let completed = 0;
  let scheduled = 0;
  let pageToken: Uint8Array = new Uint8Array(0);
  do {
    const response = await deps.workflows.reverseHistory({
      ...target,
      maxBatches: PAGE_BATCHES,
      pageToken,
    });
    const page = GetWorkflowExecutionHistoryReverseResponse.decode(response);
    for (const event of page.history?.events ?? []) {
      if (isA(event, EventType.WORKFLOW_TASK_COMPLETED)) {
        completed = Number(event.eventId);
        if (!isFirst) return completed;
      } else if (isA(event, EventType.WORKFLOW_TASK_SCHEDULED)) {
        scheduled = Number(event.eventId) + 1;
      }
    }
    pageToken = page.nextPageToken;
  } while (pageToken.length > 0);
  const eventId = completed || scheduled;
  if (eventId > 0) return eventId;
  throw new FailedPreconditionError("unable to find any scheduled or completed task");
}

function isA({ eventType }: HistoryEvent, wanted: EventType): boolean {
  return eventType === wanted;
}
