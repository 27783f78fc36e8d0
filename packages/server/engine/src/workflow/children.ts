import type { PriorityInit, WorkflowExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import {
  type StartChildWorkflowExecutionFailedCause,
  WorkflowIdConflictPolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import type { StartWorkflowExecutionRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { EventAttributes } from "./event-types.js";
import { versionOfChild } from "./inherited-version.js";
import { tellWorkflow } from "./messages.js";
import type { Child } from "./peers.js";
import { isOpen, priorityOfRun, type RunIdentity, type RunState } from "./run-state.js";
import { type ParentInput, startRun } from "./start-run.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";

/** The child that the run still wants started; `undefined` when it has it, or has closed. */
export function unstartedChild(run: RunState, initiatedEventId: number): Child | undefined {
  if (!isOpen(run)) return undefined;
  const child = run.peers.children.get(initiatedEventId);
  return child?.startedRunId === "" ? child : undefined;
}

/** The request that starts a child. Its ID is the same whenever the start is tried again. */
export function childStartRequest(
  parent: RunState,
  child: Child,
): StartWorkflowExecutionRequestInit {
  const { initiated, userMetadata, initiatedEventId } = child;
  return {
    workflowId: initiated.workflowId,
    workflowType: initiated.workflowType,
    taskQueue: initiated.taskQueue,
    input: initiated.input,
    workflowExecutionTimeout: initiated.workflowExecutionTimeout,
    workflowRunTimeout: initiated.workflowRunTimeout,
    workflowTaskTimeout: initiated.workflowTaskTimeout,
    requestId: `${parent.runId}:${initiatedEventId}:0`,
    workflowIdReusePolicy: initiated.workflowIdReusePolicy,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
    retryPolicy: initiated.retryPolicy,
    cronSchedule: initiated.cronSchedule,
    memo: initiated.memo,
    searchAttributes: initiated.searchAttributes,
    header: initiated.header,
    userMetadata,
    versioningOverride: initiated.versioningOverride,
    priority: mergePriority(priorityOfRun(parent), initiated.priority),
  };
}

/** A child has its parent's priority where it has none of its own. */
function mergePriority(
  base: PriorityInit | undefined,
  own: PriorityInit | undefined,
): PriorityInit | undefined {
  if (base === undefined || own === undefined) return own ?? base;
  return {
    priorityKey: own.priorityKey || base.priorityKey,
    fairnessKey: own.fairnessKey || base.fairnessKey,
    fairnessWeight: own.fairnessWeight || base.fairnessWeight,
  };
}

/** Makes a child's first events. */
export function startChild(
  identity: RunIdentity,
  start: { readonly parent: RunState; readonly child: Child },
  environment: StepEnvironment,
): RunStep {
  const request = childStartRequest(start.parent, start.child);
  const parent = parentInput(start.parent, start.child.initiatedEventId, environment);
  const { versioningOverride } = start.child.initiated;
  const inherited =
    versioningOverride === undefined
      ? versionOfChild(start.parent, {
          namespaceId: identity.namespaceId,
          queueName: request.taskQueue?.name ?? "",
          isQueueOfVersion: environment.isQueueOfVersion ?? noQueue,
        })
      : undefined;
  return startRun(identity, { request, parent, inherited }, environment);
}

function noQueue(): boolean {
  return false;
}

function parentInput(
  parent: RunState,
  initiatedEventId: number,
  environment: StepEnvironment,
): ParentInput {
  const { namespaceId, workflowId, runId, started } = parent;
  const execution = { workflowId, runId };
  return {
    namespace: environment.namespaces.nameOf(namespaceId) ?? namespaceId,
    namespaceId,
    execution,
    initiatedEventId,
    root: started.rootWorkflowExecution ?? execution,
  };
}

/** Tells the parent that its child runs. Nothing happens when it knows, or does not want to. */
export function recordChildStarted(
  run: RunState,
  started: { readonly initiatedEventId: number; readonly runId: string },
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const child = unstartedChild(run, started.initiatedEventId);
  if (child !== undefined) tellWorkflow(step, startedEvent(child, started.runId));
  return step.finish();
}

function startedEvent(child: Child, runId: string): EventAttributes {
  const { namespace, namespaceId, workflowId, workflowType, header } = child.initiated;
  const value = {
    initiatedEventId: BigInt(child.initiatedEventId),
    namespace,
    namespaceId,
    workflowExecution: { workflowId, runId },
    workflowType,
    header,
  };
  return { kind: "childWorkflowExecutionStartedEventAttributes", value };
}

/** Tells the parent that its child can't be started. */
export function recordChildStartFailed(
  run: RunState,
  failed: {
    readonly initiatedEventId: number;
    readonly cause: StartChildWorkflowExecutionFailedCause;
  },
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const child = unstartedChild(run, failed.initiatedEventId);
  if (child === undefined) return step.finish();
  const { namespace, namespaceId, workflowId, workflowType, control } = child.initiated;
  const value = {
    namespace,
    namespaceId,
    workflowId,
    workflowType,
    cause: failed.cause,
    control,
    initiatedEventId: BigInt(child.initiatedEventId),
  };
  tellWorkflow(step, { kind: "startChildWorkflowExecutionFailedEventAttributes", value });
  return step.finish();
}

/** How a chain of a child's runs ended. */
export interface ChildEnd {
  readonly initiatedEventId: number;
  /** The last run of the chain. */
  readonly execution: WorkflowExecutionInit;
  readonly firstRunId: string;
  /** The event that closed the last run. */
  readonly closing: EventAttributes;
}

/**
 * Tells the parent how its child ended. Nothing happens when it knows, has closed, or never had
 * this child.
 */
export function recordChildEnd(
  run: RunState,
  end: ChildEnd,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const known = isOpen(run) ? run.peers.children.get(end.initiatedEventId) : undefined;
  const isSame = known?.initiated.workflowId === end.execution.workflowId;
  if (known === undefined || !isSame) return step.finish();
  if (known.startedRunId === "") tellWorkflow(step, startedEvent(known, end.firstRunId));
  const child = step.draft.peers.children.get(end.initiatedEventId);
  if (child === undefined || child.startedRunId !== end.firstRunId) return step.finish();
  const event = endEvent(child, end);
  if (event !== undefined) tellWorkflow(step, event);
  return step.finish();
}

function endEvent(child: Child, end: ChildEnd): EventAttributes | undefined {
  const { namespace, namespaceId, workflowType } = child.initiated;
  const common = {
    initiatedEventId: BigInt(child.initiatedEventId),
    startedEventId: BigInt(child.startedEventId),
    namespace,
    namespaceId,
    workflowExecution: end.execution,
    workflowType,
  };
  const { closing } = end;
  switch (closing.kind) {
    case "workflowExecutionCompletedEventAttributes": {
      const value = { ...common, result: closing.value.result };
      return { kind: "childWorkflowExecutionCompletedEventAttributes", value };
    }
    case "workflowExecutionFailedEventAttributes": {
      const { failure, retryState } = closing.value;
      const value = { ...common, failure, retryState };
      return { kind: "childWorkflowExecutionFailedEventAttributes", value };
    }
    case "workflowExecutionCanceledEventAttributes": {
      const value = { ...common, details: closing.value.details };
      return { kind: "childWorkflowExecutionCanceledEventAttributes", value };
    }
    case "workflowExecutionTerminatedEventAttributes":
      return { kind: "childWorkflowExecutionTerminatedEventAttributes", value: common };
    case "workflowExecutionTimedOutEventAttributes": {
      const value = { ...common, retryState: closing.value.retryState };
      return { kind: "childWorkflowExecutionTimedOutEventAttributes", value };
    }
    default:
      return undefined;
  }
}
