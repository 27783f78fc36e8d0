import {
  type DeploymentState,
  type DrainageLimits,
  encodeDeployment,
  foldDeployment,
  listedDeployment,
  nextDrainageCheckMs,
  wakeDeployment,
} from "@perdure/engine";
import { EntityKind, listIdOf, type VisibilityRow } from "@perdure/persistence";
import { Memo, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { ListWorkerDeploymentsResponse_WorkerDeploymentSummary as Summary } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { EntityLogic } from "../entities/entity-logic.js";

/** The field of a list row's memo that holds the encoded summary of the deployment. */
export const DEPLOYMENT_SUMMARY_FIELD = "WorkerDeploymentSummary";

/** The pure part of worker deployments. */
export function deploymentLogic(limits: DrainageLimits): EntityLogic<DeploymentState> {
  return {
    kind: EntityKind.WORKER_DEPLOYMENT,
    fold: foldDeployment,
    encodeSnapshot: encodeDeployment,
    decodeSnapshot: (data, identity) => foldDeployment(undefined, data, identity),
    isOpen: () => true,
    wakeAtMs: (state) => nextDrainageCheckMs(state, limits),
    wake: (state, { nowMs }) => wakeDeployment(state, nowMs, limits),
    listRow,
  };
}

function listRow(state: DeploymentState): VisibilityRow {
  const { namespaceId, id, runId } = state.identity;
  const startTimeMs = state.header.createdAtMs;
  const summary = { data: Summary.encode(listedDeployment(state)) };
  return {
    namespaceId: listIdOf(namespaceId, EntityKind.WORKER_DEPLOYMENT),
    workflowId: id,
    runId,
    workflowType: "temporal-sys-worker-deployment-workflow",
    taskQueue: "",
    status: WorkflowExecutionStatus.RUNNING,
    startTimeMs,
    executionTimeMs: startTimeMs,
    closeTimeMs: undefined,
    historyLength: 0,
    historySizeBytes: 0,
    stateTransitionCount: 0,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: id,
    rootRunId: runId,
    firstRunId: runId,
    memo: Memo.encode({ fields: new Map([[DEPLOYMENT_SUMMARY_FIELD, summary]]) }),
    searchAttributes: SearchAttributes.encode({}),
  };
}
