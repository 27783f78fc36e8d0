import type { DurationInit } from "@perdure/proto/google/protobuf";
import type { LinkInit, PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import {
  ContinueAsNewInitiator,
  RetryState,
  TaskQueueKind,
} from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { WorkflowExecutionStartedEventAttributesInit } from "@perdure/proto/temporal/api/history/v1";
import type { VersioningOverrideInit } from "@perdure/proto/temporal/api/workflow/v1";
import { durationMs, toDuration, toTimestamp } from "../wire-time.js";
import { cronBackoffMs } from "./cron-schedule.js";
import { versionOfRetried } from "./inherited-version.js";
import { carriedResetPoints } from "./reset-points.js";
import { decideRetry } from "./retry.js";
import {
  executionTimeoutAtMs,
  priorityOfRun,
  type RunState,
  taskQueueName,
  versioningOverrideOf,
} from "./run-state.js";
import { startSuccessor } from "./start-run.js";
import type { RunStep, Step } from "./step.js";

/** Whether and how a chain of runs goes on when one of them ends. */
export interface NextRun {
  /** ID of the next run; empty: the chain ends. */
  readonly runId: string;
  readonly initiator: ContinueAsNewInitiator;
  readonly backoffMs: number;
  /** What the event of a failed run says about retries. */
  readonly retryState: RetryState;
}

/** After a failure: the retry policy's next attempt, else the cron schedule's next run. */
export function nextRunAfterFailure(step: Step, failure: FailureInit | undefined): NextRun {
  const { started } = step.draft;
  const retry = decideRetry({
    policy: started.retryPolicy,
    attempt: started.attempt ?? 1,
    failure,
    nowMs: step.nowMs,
    expiresAtMs: executionTimeoutAtMs(step.draft),
  });
  if (retry.kind === "stop") return nextCronRun(step, retry.state);
  return {
    runId: step.environment.newId(),
    initiator: ContinueAsNewInitiator.RETRY,
    backoffMs: retry.delayMs,
    retryState: RetryState.IN_PROGRESS,
  };
}

/** After a run that ended well: the cron schedule's next run. */
export function nextRunAfterSuccess(step: Step): NextRun {
  return nextCronRun(step, RetryState.UNSPECIFIED);
}

/** The end of the chain. */
export function noNextRun(retryState: RetryState): NextRun {
  const initiator = ContinueAsNewInitiator.UNSPECIFIED;
  return { runId: "", initiator, backoffMs: 0, retryState };
}

function nextCronRun(step: Step, retryState: RetryState): NextRun {
  const { cronSchedule } = step.draft.started;
  const backoffMs = cronBackoffMs(cronSchedule, bornAtMs(step.draft), step.nowMs);
  if (backoffMs === undefined) return noNextRun(retryState);
  const initiator = ContinueAsNewInitiator.CRON_SCHEDULE;
  return { runId: step.environment.newId(), initiator, backoffMs, retryState };
}

/** When the run's first workflow task was to come, milliseconds since the epoch. */
function bornAtMs(run: RunState): number {
  return run.startTimeMs + durationMs(run.started.firstWorkflowTaskBackoff);
}

/** What the next attempt, or the next run of a cron schedule, learns of the run before. */
export interface Carried {
  readonly failure: FailureInit | undefined;
  readonly lastCompletionResult: PayloadsInit | undefined;
}

/** Starts the next run as the one that ends was started; nothing at the end of the chain. */
export function startNextRun(step: Step, next: NextRun, carried: Carried): RunStep | undefined {
  if (next.runId === "") return undefined;
  const { started } = step.draft;
  const isRetry = next.initiator === ContinueAsNewInitiator.RETRY;
  const attributes = {
    ...inheritedAttributes(step.draft),
    taskQueue: { name: taskQueueName(step.draft), kind: TaskQueueKind.NORMAL },
    workflowType: started.workflowType,
    input: started.input,
    workflowRunTimeout: started.workflowRunTimeout,
    workflowTaskTimeout: started.workflowTaskTimeout,
    retryPolicy: started.retryPolicy,
    cronSchedule: started.cronSchedule,
    header: started.header,
    memo: started.memo,
    searchAttributes: started.searchAttributes,
    versioningOverride: pinnedOverride(step.draft),
    ...(isRetry ? versionOfRetried(step.draft) : {}),
    completionCallbacks: isRetry ? callbacksOf(step.draft) : undefined,
    continuedFailure: carried.failure,
    lastCompletionResult: carried.lastCompletionResult,
    attempt: isRetry ? (started.attempt ?? 1) + 1 : 1,
  };
  const { runId, initiator, backoffMs } = next;
  return followRun(step, { runId, initiator, backoff: toDuration(backoffMs), attributes });
}

function pinnedOverride(run: RunState): VersioningOverrideInit | undefined {
  const override = versioningOverrideOf(run);
  return override?.override?.kind === "pinned" ? override : undefined;
}

/** What every run of a chain has from the one before. */
export function inheritedAttributes(run: RunState): WorkflowExecutionStartedEventAttributesInit {
  const { started } = run;
  const expiresAtMs = executionTimeoutAtMs(run);
  return {
    workflowExecutionTimeout: started.workflowExecutionTimeout,
    workflowExecutionExpirationTime: expiresAtMs > 0 ? toTimestamp(expiresAtMs) : undefined,
    firstExecutionRunId: started.firstExecutionRunId,
    continuedExecutionRunId: run.runId,
    priority: priorityOfRun(run),
    parentWorkflowExecution: started.parentWorkflowExecution,
    parentWorkflowNamespace: started.parentWorkflowNamespace,
    parentWorkflowNamespaceId: started.parentWorkflowNamespaceId,
    parentInitiatedEventId: started.parentInitiatedEventId,
    parentInitiatedEventVersion: started.parentInitiatedEventVersion,
    rootWorkflowExecution: started.rootWorkflowExecution,
  };
}

/** Callbacks of the run: those it was started with and those attached to it since. */
export function callbacksOf(
  run: RunState,
): WorkflowExecutionStartedEventAttributesInit["completionCallbacks"] {
  const { attachedCallbacks } = run.uncommon;
  if (attachedCallbacks.length === 0) return run.started.completionCallbacks;
  const attached = attachedCallbacks.flatMap(({ callback }) => callback ?? []);
  return [...(run.started.completionCallbacks ?? []), ...attached];
}

/** The run that comes after one that closes. */
export interface FollowingRun {
  readonly runId: string;
  readonly initiator: ContinueAsNewInitiator;
  /** Wait before the first workflow task; it is made longer where runs would follow too fast. */
  readonly backoff: DurationInit | undefined;
  readonly attributes: WorkflowExecutionStartedEventAttributesInit;
}

/** Starts the run that follows. */
export function followRun(step: Step, following: FollowingRun): RunStep {
  const { namespaceId, workflowId } = step.draft;
  const { runId, initiator, attributes } = following;
  const links: readonly LinkInit[] = step.draft.startLinks;
  const backoff = atLeastMinimum(step, following.backoff);
  const prevAutoResetPoints = carriedResetPoints(step);
  return startSuccessor(
    { namespaceId, workflowId, runId },
    { initiator, attributes: { ...attributes, prevAutoResetPoints }, backoff, links },
    step.environment,
  );
}

/** Lengthens a back-off so that runs of a chain don't follow each other in a tight loop. */
function atLeastMinimum(step: Step, backoff: DurationInit | undefined): DurationInit | undefined {
  const livedMs = step.nowMs - bornAtMs(step.draft);
  const intervalMsMin = step.environment.limits.startIntervalMsMin;
  const isTooSoon = livedMs + durationMs(backoff) < intervalMsMin;
  return isTooSoon ? toDuration(intervalMsMin - livedMs) : backoff;
}
