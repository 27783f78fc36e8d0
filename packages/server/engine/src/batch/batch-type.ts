import { BatchOperationType } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";

type OperationKind = NonNullable<StartBatchOperationRequestInit["operation"]>["kind"];

const TYPES: Readonly<Record<OperationKind, BatchOperationType>> = {
  terminationOperation: BatchOperationType.TERMINATE_WORKFLOW,
  signalOperation: BatchOperationType.SIGNAL_WORKFLOW,
  cancellationOperation: BatchOperationType.CANCEL_WORKFLOW,
  deletionOperation: BatchOperationType.DELETE_WORKFLOW,
  resetOperation: BatchOperationType.RESET_WORKFLOW,
  updateWorkflowOptionsOperation: BatchOperationType.UPDATE_WORKFLOW_EXECUTION_OPTIONS,
  unpauseActivitiesOperation: BatchOperationType.UNPAUSE_ACTIVITY,
  resetActivitiesOperation: BatchOperationType.RESET_ACTIVITY,
  updateActivityOptionsOperation: BatchOperationType.UPDATE_ACTIVITY_OPTIONS,
  cancelActivitiesOperation: BatchOperationType.CANCEL_ACTIVITY,
  terminateActivitiesOperation: BatchOperationType.TERMINATE_ACTIVITY,
  deleteActivitiesOperation: BatchOperationType.DELETE_ACTIVITY,
};

/** What an operation does, by its name in lists. */
export function batchTypeOf({ operation }: StartBatchOperationRequestInit): BatchOperationType {
  return operation === undefined ? BatchOperationType.UNSPECIFIED : TYPES[operation.kind];
}

/** Whether an operation is done to activities that belong to no workflow. */
export function isActivityBatch({ operation }: StartBatchOperationRequestInit): boolean {
  switch (operation?.kind) {
    case "cancelActivitiesOperation":
    case "terminateActivitiesOperation":
    case "deleteActivitiesOperation":
      return true;
    default:
      return false;
  }
}
