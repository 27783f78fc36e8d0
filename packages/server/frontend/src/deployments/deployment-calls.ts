import { conflictToken, describedDeployment } from "@perdure/engine";
import { InvalidArgumentError, uuidV7 } from "@perdure/kernel";
import { EntityKind, listIdOf } from "@perdure/persistence";
import { VisibilityPageToken } from "@perdure/proto/perdure/internal/v1";
import { Memo } from "@perdure/proto/temporal/api/common/v1";
import {
  type CreateWorkerDeploymentRequest,
  type CreateWorkerDeploymentResponseInit,
  type DeleteWorkerDeploymentRequest,
  ListWorkerDeploymentsResponse_WorkerDeploymentSummary as DeploymentSummary,
  type DescribeWorkerDeploymentRequest,
  type DescribeWorkerDeploymentResponseInit,
  type ListWorkerDeploymentsRequest,
  type ListWorkerDeploymentsResponseInit,
  type SetWorkerDeploymentManagerRequest,
  type SetWorkerDeploymentManagerResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { DEPLOYMENT_SUMMARY_FIELD } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import { checkVersionPart } from "../versions/version-texts.js";
import { readCursor } from "../workflow-service/workflow-lists.js";
import type { DeploymentServiceDeps } from "./deps.js";
import { workflowNotFound } from "./workflow-not-found.js";

/** `frontend.visibilityMaxPageSize`: most rows of one page. */
const PAGE_ROWS_MAX = 1000;

/** `temporal.api.workflowservice.v1.WorkflowService/CreateWorkerDeployment` */
export async function createWorkerDeployment(
  request: CreateWorkerDeploymentRequest,
  deps: DeploymentServiceDeps,
): Promise<CreateWorkerDeploymentResponseInit> {
  if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
  const { deploymentName: id, identity } = request;
  if (id === "") throw new InvalidArgumentError("deployment name cannot be empty");
  const namespace = resolveNamespace(deps, request.namespace);
  checkVersionPart("WorkerDeploymentName", id, deps.limits.idLengthMax);
  const requestId = request.requestId || newRequestId(deps);
  const target = { namespaceId: namespace.id, id };
  const state = await deps.deployments.create(target, { identity, requestId });
  return { conflictToken: conflictToken(state) };
}

/** An ID for a request that has none, which no other request has. */
export function newRequestId(deps: DeploymentServiceDeps): string {
  return uuidV7(deps.clock.nowMs(), deps.random);
}

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeWorkerDeployment` */
export async function describeWorkerDeployment(
  request: DescribeWorkerDeploymentRequest,
  deps: DeploymentServiceDeps,
): Promise<DescribeWorkerDeploymentResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { deploymentName: id } = request;
  checkVersionPart("WorkerDeploymentName", id, deps.limits.idLengthMax);
  const state = await deps.deployments.read({ namespaceId: namespace.id, id });
  return {
    workerDeploymentInfo: describedDeployment(state),
    conflictToken: conflictToken(state),
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/ListWorkerDeployments` */
export async function listWorkerDeployments(
  request: ListWorkerDeploymentsRequest,
  deps: DeploymentServiceDeps,
): Promise<ListWorkerDeploymentsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const namespaceId = listIdOf(namespace.id, EntityKind.WORKER_DEPLOYMENT);
  const size = request.pageSize;
  const page = await deps.store.listVisibility(
    { namespaceId, filter: undefined, order: [] },
    {
      cursor: readCursor(request.nextPageToken),
      limit: size > 0 && size <= PAGE_ROWS_MAX ? size : PAGE_ROWS_MAX,
    },
  );
  const { nextCursor: cursor } = page;
  return {
    workerDeployments: page.rows.flatMap(({ memo }) => {
      const fields = memo && Memo.decode(memo).fields;
      const summary = fields?.get(DEPLOYMENT_SUMMARY_FIELD);
      return summary === undefined ? [] : [DeploymentSummary.decode(summary.data)];
    }),
    nextPageToken: cursor && VisibilityPageToken.encode({ cursor }),
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/SetWorkerDeploymentManager` */
export async function setWorkerDeploymentManager(
  request: SetWorkerDeploymentManagerRequest,
  deps: DeploymentServiceDeps,
): Promise<SetWorkerDeploymentManagerResponseInit> {
  if (request.namespace === "") throw new InvalidArgumentError("Namespace is empty.");
  const { deploymentName: id, identity, newManagerIdentity: wanted } = request;
  if (identity === "") throw new InvalidArgumentError("Identity is required");
  const namespace = resolveNamespace(deps, request.namespace);
  checkVersionPart("WorkerDeploymentName", id, deps.limits.idLengthMax);
  const isSelf = wanted?.kind === "self" && wanted.value;
  const named = wanted?.kind === "managerIdentity" ? wanted.value : "";
  const managerIdentity = isSelf ? identity : named;
  const target = { namespaceId: namespace.id, id };
  const change = await workflowNotFound(`temporal-sys-worker-deployment:${id}`, () =>
    deps.deployments.setManager(target, {
      identity,
      managerIdentity,
      conflictToken: request.conflictToken,
    }),
  );
  const isChanged = change.before !== change.after;
  return {
    conflictToken: conflictToken(change.after),
    previousManagerIdentity: isChanged ? change.before.header.managerIdentity : managerIdentity,
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/DeleteWorkerDeployment` */
export async function deleteWorkerDeployment(
  request: DeleteWorkerDeploymentRequest,
  deps: DeploymentServiceDeps,
): Promise<Record<string, never>> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { deploymentName: id } = request;
  checkVersionPart("WorkerDeploymentName", id, deps.limits.idLengthMax);
  await deps.deployments.delete({ namespaceId: namespace.id, id });
  return {};
}
