import {
  describedSchedule,
  matchingTimes,
  timestampMs,
  toTimestamp,
  typedSearchAttributes,
} from "@perdure/engine";
import { FailedPreconditionError, InvalidArgumentError, QueryFailedError } from "@perdure/kernel";
import type { SearchAttributes, SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import { Failure } from "@perdure/proto/temporal/api/failure/v1";
import type {
  CreateScheduleRequest,
  CreateScheduleResponseInit,
  DeleteScheduleRequest,
  DeleteScheduleResponseInit,
  DescribeScheduleRequest,
  DescribeScheduleResponseInit,
  ListScheduleMatchingTimesRequest,
  ListScheduleMatchingTimesResponseInit,
  PatchScheduleRequest,
  PatchScheduleResponseInit,
  UpdateScheduleRequest,
  UpdateScheduleResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { ScheduleTarget } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { ServedNamespace } from "../workflow-service/deps.js";
import type { ScheduleServiceDeps } from "./deps.js";
import {
  canonicalSchedule,
  checkAction,
  checkNotes,
  checkRequestIdLength,
  checkScheduledWorkflow,
  checkScheduleId,
} from "./schedule-checks.js";

/** `temporal.api.workflowservice.v1.WorkflowService/CreateSchedule` */
export async function createSchedule(
  request: CreateScheduleRequest,
  deps: ScheduleServiceDeps,
): Promise<CreateScheduleResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { scheduleId, requestId } = request;
  const lengthMax = deps.limits.idLengthMax;
  checkScheduleId(scheduleId, lengthMax);
  if (requestId === "") throw new InvalidArgumentError("RequestId is not set on request.");
  checkRequestIdLength(requestId, lengthMax);
  const schedule = canonicalSchedule(request.schedule, namespace, deps.limits);
  checkScheduledWorkflow(request.schedule, deps.limits);
  const searchAttributes = typed(request.searchAttributes, namespace, deps);
  const { memo, initialPatch: patch } = request;
  const made = { schedule, patch, memo, searchAttributes, requestId };
  const state = await deps.schedules.create(made, { namespaceId: namespace.id, id: scheduleId });
  return { conflictToken: encodeToken(state.conflictToken) };
}

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeSchedule` */
export async function describeSchedule(
  request: DescribeScheduleRequest,
  deps: ScheduleServiceDeps,
): Promise<DescribeScheduleResponseInit> {
  const state = await deps.schedules.describe(readTarget(request, deps));
  const { memo, searchAttributes, conflictToken } = state;
  return {
    ...describedSchedule(state),
    memo: (memo?.fields?.size ?? 0) === 0 ? undefined : memo,
    searchAttributes:
      (searchAttributes?.indexedFields?.size ?? 0) === 0 ? undefined : searchAttributes,
    conflictToken: encodeToken(conflictToken),
  };
}

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateSchedule` */
export async function updateSchedule(
  request: UpdateScheduleRequest,
  deps: ScheduleServiceDeps,
): Promise<UpdateScheduleResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  checkRequestIdLength(request.requestId, deps.limits.idLengthMax);
  checkScheduledWorkflow(request.schedule, deps.limits);
  const schedule = canonicalSchedule(request.schedule, namespace, deps.limits);
  const searchAttributes = typed(request.searchAttributes, namespace, deps);
  checkAction(request, deps.limits.blobSizeMaxBytes);
  if (request.memo !== undefined) {
    throw new FailedPreconditionError(
      "memo updates are not supported on workflow-backed schedules",
    );
  }
  const { requestId, conflictToken } = request;
  await deps.schedules.update(readTarget(request, deps), {
    schedule,
    searchAttributes,
    requestId,
    conflictToken: decodeToken(conflictToken),
  });
  return {};
}

/** `temporal.api.workflowservice.v1.WorkflowService/PatchSchedule` */
export async function patchSchedule(
  request: PatchScheduleRequest,
  deps: ScheduleServiceDeps,
): Promise<PatchScheduleResponseInit> {
  resolveNamespace(deps, request.namespace);
  const { patch, requestId } = request;
  if (patch === undefined) throw new InvalidArgumentError("Patch is not set on request.");
  checkRequestIdLength(requestId, deps.limits.idLengthMax);
  checkNotes(patch.pause, patch.unpause);
  await deps.schedules.patch(readTarget(request, deps), patch, requestId);
  return {};
}

/** The times of a schedule are a query to the official server. */
const NO_TIMES = {
  message: "missing or invalid query",
  source: "GoSDK",
  failureInfo: { kind: "applicationFailureInfo", value: {} },
} as const;

/** `temporal.api.workflowservice.v1.WorkflowService/ListScheduleMatchingTimes` */
export async function listScheduleMatchingTimes(
  request: ListScheduleMatchingTimesRequest,
  deps: ScheduleServiceDeps,
): Promise<ListScheduleMatchingTimesResponseInit> {
  const state = await deps.schedules.read(readTarget(request, deps));
  const { startTime, endTime } = request;
  if (startTime === undefined || endTime === undefined) {
    throw new QueryFailedError(NO_TIMES.message, Failure.encode(NO_TIMES));
  }
  const times = matchingTimes(state, timestampMs(startTime), timestampMs(endTime));
  return { startTime: times.map(toTimestamp) };
}

/** `temporal.api.workflowservice.v1.WorkflowService/DeleteSchedule` */
export async function deleteSchedule(
  request: DeleteScheduleRequest,
  deps: ScheduleServiceDeps,
): Promise<DeleteScheduleResponseInit> {
  await deps.schedules.delete(readTarget(request, deps));
  return {};
}

/** Which schedule a request means. @throws {InvalidArgumentError} None is named. */
function readTarget(
  request: { readonly namespace: string; readonly scheduleId: string },
  deps: ScheduleServiceDeps,
): ScheduleTarget {
  const namespace = resolveNamespace(deps, request.namespace);
  const id = request.scheduleId;
  if (id === "") {
    throw new InvalidArgumentError("Can't load workflow execution.  WorkflowId not set.");
  }
  return { namespaceId: namespace.id, id };
}

function typed(
  attributes: SearchAttributes | undefined,
  namespace: ServedNamespace,
  deps: ScheduleServiceDeps,
): SearchAttributesInit | undefined {
  if (attributes === undefined) return undefined;
  return typedSearchAttributes(attributes, namespace.schema, deps.limits);
}

const TOKEN_BYTES = 8;

function encodeToken(conflictToken: number): Uint8Array {
  const token = Buffer.alloc(TOKEN_BYTES);
  token.writeBigUInt64BE(BigInt(conflictToken));
  return token;
}

/** 0 when there is none. */
function decodeToken(token: Uint8Array): number {
  if (token.length < TOKEN_BYTES) return 0;
  return Number(Buffer.from(token).readBigUInt64BE());
}
