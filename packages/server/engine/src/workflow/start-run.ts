import type { DurationInit } from "@perdure/proto/google/protobuf";
import type { LinkInit, WorkflowExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import { ContinueAsNewInitiator, TaskQueueKind } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowExecutionStartedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import type { StartWorkflowExecutionRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { durationMs, toDuration, toTimestamp } from "../wire-time.js";
import { cronBackoffMs } from "./cron-schedule.js";
import type { InheritedVersion } from "./inherited-version.js";
import { recordSignal, type SignalInput } from "./messages.js";
import { withoutUnsetMemo, withoutUnsetSearchAttributes } from "./payload-fields.js";
import { emptyRun, type RunIdentity } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";
import { putUpdate, type UpdateInput } from "./updates.js";
import { scheduleWorkflowTask, startWorkflowTask } from "./workflow-task.js";

/** The run whose child is started. */
export interface ParentInput {
  /** Name of the parent's namespace. */
  readonly namespace: string;
  readonly namespaceId: string;
  readonly execution: WorkflowExecutionInit;
  readonly initiatedEventId: number;
  /** The run at the top of the tree of parents and children. */
  readonly root: WorkflowExecutionInit;
}

/**
 * A checked request to start a workflow: names are there, durations are legal, defaults are filled.
 */
export interface StartInput {
  readonly request: StartWorkflowExecutionRequestInit;
  /** The signal of a signal-with-start. */
  readonly signal?: SignalInput;
  /** Identity of the worker that takes the first task with the reply; absent when none does. */
  readonly eagerIdentity?: string | undefined;
  /** An update that the first task brings. */
  readonly update?: UpdateInput;
  readonly parent?: ParentInput;
  /** The version that a child has from its parent. */
  readonly inherited?: InheritedVersion | undefined;
}

/** Makes a run's first events from a request. */
export function startRun(
  identity: RunIdentity,
  input: StartInput,
  environment: StepEnvironment,
): RunStep {
  const { request } = input;
  const step = new Step(emptyRun(identity), environment);
  const backoffMs = firstBackoffMs(request, step.nowMs);
  const isEager =
    input.eagerIdentity !== undefined &&
    backoffMs === 0 &&
    environment.limits.areEagerStartsAllowed;
  const executionMs = durationMs(request.workflowExecutionTimeout);
  const value = startedAttributes(identity, input, {
    firstWorkflowTaskBackoff: toDuration(backoffMs),
    workflowExecutionExpirationTime:
      executionMs > 0 ? toTimestamp(step.nowMs + executionMs) : undefined,
    eagerExecutionAccepted: isEager,
  });
  recordStarted(step, value, request);
  const requestId = request.requestId ?? "";
  step.addRequestId(requestId, 1);
  if (input.signal !== undefined) recordSignal(step, input.signal);
  if (input.update !== undefined) putUpdate(step, input.update);
  if (step.draft.firstTaskAtMs === 0) scheduleWorkflowTask(step, { isOffered: !isEager });
  if (isEager) {
    startWorkflowTask(step, { identity: input.eagerIdentity ?? "", requestId });
  }
  return step.finish();
}

/** How long the first workflow task of a fresh start waits, milliseconds. */
function firstBackoffMs(request: StartWorkflowExecutionRequestInit, nowMs: number): number {
  const delayMs = durationMs(request.workflowStartDelay);
  return delayMs > 0 ? delayMs : (cronBackoffMs(request.cronSchedule, nowMs, nowMs) ?? 0);
}

type DecidedAttributes = Pick<
  WorkflowExecutionStartedEventAttributesInit,
  "firstWorkflowTaskBackoff" | "workflowExecutionExpirationTime" | "eagerExecutionAccepted"
>;

function startedAttributes(
  { runId, workflowId }: RunIdentity,
  { request, parent, inherited }: StartInput,
  decided: DecidedAttributes,
): WorkflowExecutionStartedEventAttributesInit {
  return {
    workflowType: request.workflowType,
    parentWorkflowNamespace: parent?.namespace,
    parentWorkflowNamespaceId: parent?.namespaceId,
    parentWorkflowExecution: parent?.execution,
    parentInitiatedEventId: parent && BigInt(parent.initiatedEventId),
    rootWorkflowExecution: parent?.root,
    taskQueue: { name: request.taskQueue?.name, kind: TaskQueueKind.NORMAL },
    input: request.input,
    workflowExecutionTimeout: request.workflowExecutionTimeout,
    workflowRunTimeout: request.workflowRunTimeout,
    workflowTaskTimeout: request.workflowTaskTimeout,
    identity: request.identity,
    retryPolicy: request.retryPolicy,
    cronSchedule: request.cronSchedule,
    initiator: request.cronSchedule ? ContinueAsNewInitiator.CRON_SCHEDULE : undefined,
    continuedFailure: request.continuedFailure,
    lastCompletionResult: request.lastCompletionResult,
    memo: withoutUnsetMemo(request.memo),
    searchAttributes: withoutUnsetSearchAttributes(request.searchAttributes),
    header: request.header,
    completionCallbacks: request.completionCallbacks,
    versioningOverride: request.versioningOverride,
    priority: request.priority,
    originalExecutionRunId: runId,
    firstExecutionRunId: runId,
    workflowId,
    attempt: 1,
    firstWorkflowTaskBackoff: decided.firstWorkflowTaskBackoff,
    workflowExecutionExpirationTime: decided.workflowExecutionExpirationTime,
    eagerExecutionAccepted: decided.eagerExecutionAccepted,
    ...inherited,
  };
}

function recordStarted(
  step: Step,
  value: WorkflowExecutionStartedEventAttributesInit,
  request: {
    readonly userMetadata?: UserMetadataInit | undefined;
    readonly links?: readonly LinkInit[] | undefined;
  },
): void {
  const { userMetadata, links } = request;
  step.record({ kind: "workflowExecutionStartedEventAttributes", value }, { userMetadata, links });
  step.changeList();
}

/** What a run that follows another takes over. */
export interface SuccessorInput {
  readonly initiator: ContinueAsNewInitiator;
  /** Attributes that the new started event shares with the old one or with the command. */
  readonly attributes: WorkflowExecutionStartedEventAttributesInit;
  readonly backoff: DurationInit | undefined;
  readonly links: readonly LinkInit[];
}

/** Makes the first events of the run that follows a closed one in the same chain. */
export function startSuccessor(
  identity: RunIdentity,
  input: SuccessorInput,
  environment: StepEnvironment,
): RunStep {
  const step = new Step(emptyRun(identity), environment);
  const value = {
    ...input.attributes,
    initiator: input.initiator,
    originalExecutionRunId: identity.runId,
    workflowId: identity.workflowId,
    firstWorkflowTaskBackoff: input.backoff,
  };
  recordStarted(step, value, { links: input.links });
  step.addRequestId(environment.newId(), 1);
  if (step.draft.firstTaskAtMs === 0) scheduleWorkflowTask(step);
  return step.finish();
}
