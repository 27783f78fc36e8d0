import {
  type Child,
  durationMs,
  executionTimeoutAtMs,
  isOpen,
  listedSearchAttributes,
  priorityOfRun,
  type RunState,
  runTimeoutAtMs,
  taskQueueName,
  toDuration,
  toResetPoints,
  toTimestamp,
} from "@perdure/engine";
import type { TimestampInit } from "@perdure/proto/google/protobuf";
import { PendingWorkflowTaskState, TaskQueueKind } from "@perdure/proto/temporal/api/enums/v1";
import type {
  PendingChildExecutionInfoInit,
  PendingWorkflowTaskInfoInit,
  WorkflowExecutionInfoInit,
  WorkflowExecutionPauseInfoInit,
} from "@perdure/proto/temporal/api/workflow/v1";
import type { DescribeWorkflowExecutionResponseInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { optionalTime, pendingActivity } from "./describe-activity.js";
import { callbackInfos, type IsBlocked, pendingNexusOperations } from "./describe-nexus.js";
import { requestIdInfos, versioningInfo } from "./describe-start-options.js";

/** The first second of the year 1: what clients are told of a run that never times out. */
const TIME_ZERO: TimestampInit = { seconds: -62_135_596_800n, nanos: 0 };

/**
 * Answers `DescribeWorkflowExecution` from a run's state.
 *
 * @param isBlocked - Whether a call that the run wants waits because its destination is down.
 */
export function describeRun(
  state: RunState,
  isBlocked: IsBlocked = () => false,
): DescribeWorkflowExecutionResponseInit {
  const { started, uncommon } = state;
  // A closed run still tells what it had under way.
  const pending = state.uncommon.leftover ?? { ...state, children: state.peers.children };
  const runTimeMs = runTimeoutAtMs(state);
  return {
    executionConfig: {
      taskQueue: { name: taskQueueName(state), kind: TaskQueueKind.NORMAL },
      workflowExecutionTimeout: started.workflowExecutionTimeout,
      workflowRunTimeout: started.workflowRunTimeout,
      defaultWorkflowTaskTimeout: started.workflowTaskTimeout,
      userMetadata: state.userMetadata,
    },
    workflowExecutionInfo: executionInfo(state),
    pendingActivities: pending.activities
      .valueSeq()
      .toArray()
      .sort((one, other) => one.scheduledEventId - other.scheduledEventId)
      .map(pendingActivity),
    pendingChildren: pendingChildren(pending.children),
    pendingWorkflowTask: pendingWorkflowTask(pending.workflowTask),
    callbacks: callbackInfos(state, isBlocked),
    pendingNexusOperations: pendingNexusOperations(state, isBlocked),
    workflowExtendedInfo: {
      executionExpirationTime: optionalTime(executionTimeoutAtMs(state)),
      runExpirationTime: runTimeMs === 0 ? TIME_ZERO : toTimestamp(runTimeMs),
      cancelRequested: state.isCancelRequested,
      originalStartTime: toTimestamp(uncommon.firstEventTimeMs || state.startTimeMs),
      lastResetTime: optionalTime(uncommon.resetOrigin?.resetAtMs ?? 0),
      resetRunId: uncommon.resetRunId,
      pauseInfo: pauseInfo(state),
      requestIdInfos: requestIdInfos(state),
    },
  };
}

/** The general facts of a run, as lists and describe answers give them. */
export function executionInfo(state: RunState): WorkflowExecutionInfoInit {
  const { started } = state;
  const isRunning = isOpen(state);
  const executionTimeMs = state.startTimeMs + durationMs(started.firstWorkflowTaskBackoff);
  return {
    execution: { workflowId: state.workflowId, runId: state.runId },
    type: started.workflowType,
    startTime: toTimestamp(state.startTimeMs),
    closeTime: isRunning ? undefined : toTimestamp(state.closeTimeMs),
    executionTime: toTimestamp(executionTimeMs),
    executionDuration: isRunning
      ? undefined
      : toDuration(Math.max(0, state.closeTimeMs - executionTimeMs)),
    status: state.status,
    historyLength: BigInt(state.nextEventId - 1),
    historySizeBytes: BigInt(state.historySizeBytes),
    stateTransitionCount: BigInt(state.transitionCount),
    memo: state.memo ?? {},
    searchAttributes: listedSearchAttributes(state) ?? {},
    autoResetPoints: toResetPoints(state.resetPoints),
    taskQueue: taskQueueName(state),
    parentExecution: started.parentWorkflowExecution,
    parentNamespaceId: started.parentWorkflowNamespaceId,
    rootExecution: started.rootWorkflowExecution ?? {
      workflowId: state.workflowId,
      runId: state.runId,
    },
    firstRunId: started.firstExecutionRunId,
    mostRecentWorkerVersionStamp: state.workerVersion,
    priority: priorityOfRun(state),
    versioningInfo: versioningInfo(state),
    workerDeploymentName: state.uncommon.versioning?.workerDeploymentName,
  };
}

/** Who paused the run; it stays when a paused run closes. */
function pauseInfo(state: RunState): WorkflowExecutionPauseInfoInit | undefined {
  if (state.uncommon.pause === undefined) return undefined;
  const { pausedAtMs, identity, reason } = state.uncommon.pause;
  return { pausedTime: toTimestamp(pausedAtMs), identity, reason };
}

/** The children of an open run, or those that a closed one left. */
function pendingChildren(children: RunState["peers"]["children"]): PendingChildExecutionInfoInit[] {
  return children
    .valueSeq()
    .toArray()
    .sort((one, other) => one.initiatedEventId - other.initiatedEventId)
    .map(pendingChild);
}

function pendingChild(child: Child): PendingChildExecutionInfoInit {
  const { workflowId, workflowType, parentClosePolicy } = child.initiated;
  return {
    workflowId,
    runId: child.startedRunId,
    workflowTypeName: workflowType?.name,
    initiatedId: BigInt(child.initiatedEventId),
    parentClosePolicy,
  };
}

function pendingWorkflowTask(
  task: RunState["workflowTask"],
): PendingWorkflowTaskInfoInit | undefined {
  if (task === undefined) return undefined;
  const isStarted = task.startedEventId !== 0;
  return {
    state: isStarted ? PendingWorkflowTaskState.STARTED : PendingWorkflowTaskState.SCHEDULED,
    scheduledTime: toTimestamp(task.scheduledAtMs),
    originalScheduledTime: toTimestamp(task.originalScheduledAtMs),
    startedTime: isStarted ? toTimestamp(task.startedAtMs) : undefined,
    attempt: task.attempt,
  };
}
