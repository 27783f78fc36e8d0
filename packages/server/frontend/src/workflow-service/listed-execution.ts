import { toDuration, toTimestamp } from "@perdure/engine";
import type { VisibilityRow } from "@perdure/persistence";
import { Memo, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import type { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowExecutionInfoInit } from "@perdure/proto/temporal/api/workflow/v1";

/** What a list tells of a run. */
export function listedExecution(row: VisibilityRow): WorkflowExecutionInfoInit {
  const isClosed = row.closeTimeMs !== undefined;
  const hasAttributes = row.searchAttributes !== undefined && row.searchAttributes.length > 0;
  const hasParent = row.parentWorkflowId !== undefined;
  return {
    execution: { workflowId: row.workflowId, runId: row.runId },
    type: { name: row.workflowType },
    startTime: toTimestamp(row.startTimeMs),
    executionTime: toTimestamp(row.executionTimeMs),
    closeTime: isClosed ? toTimestamp(row.closeTimeMs) : undefined,
    executionDuration: isClosed
      ? toDuration(Math.max(0, row.closeTimeMs - row.executionTimeMs))
      : undefined,
    status: row.status as WorkflowExecutionStatus,
    historyLength: BigInt(row.historyLength),
    historySizeBytes: BigInt(row.historySizeBytes),
    stateTransitionCount: BigInt(row.stateTransitionCount),
    memo: row.memo === undefined ? {} : Memo.decode(row.memo),
    searchAttributes: hasAttributes ? SearchAttributes.decode(row.searchAttributes) : {},
    taskQueue: row.taskQueue,
    parentExecution: hasParent
      ? { workflowId: row.parentWorkflowId, runId: row.parentRunId }
      : undefined,
    rootExecution: { workflowId: row.rootWorkflowId, runId: row.rootRunId },
  };
}
