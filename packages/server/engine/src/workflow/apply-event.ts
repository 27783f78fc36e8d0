import type { WorkflowTaskProgress } from "@perdure/proto/perdure/internal/v1";
import { TaskQueueKind } from "@perdure/proto/temporal/api/enums/v1";
import type {
  ActivityTaskScheduledEventAttributesInit,
  HistoryEventInit,
  WorkflowExecutionStartedEventAttributesInit,
  WorkflowTaskScheduledEventAttributesInit,
  WorkflowTaskStartedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import { List } from "immutable";
import { durationMs, timestampMs } from "../wire-time.js";
import { deleteActivity, setActivity } from "./activity-deadlines.js";
import { addTimer } from "./add-timer.js";
import { applyOptionsUpdated } from "./apply-attached.js";
import { applyClosing } from "./apply-closing.js";
import { firstAttempt } from "./first-attempt.js";
import { applyNexusEvent } from "./nexus-operation.js";
import { applyPauseEvent } from "./pause-events.js";
import { mergeMemo, mergeSearchAttributes } from "./payload-fields.js";
import { applyPeerEvent } from "./peers.js";
import { addResetPoint, readResetPoints } from "./reset-points.js";
import type { RunDraft, SignalTally } from "./run-state.js";
import { applyInheritedVersion, applyWorkerVersion } from "./run-versioning.js";
import { forgetProblems, problemOf, rememberProblem } from "./task-problems.js";
import { applyUpdateEvent } from "./update-events.js";

/** Where an event stands in its history. */
export interface EventPlace {
  readonly eventId: number;
  readonly timeMs: number;
}

/**
 * Folds one event into the state. A step that records an event and the load of a log both go
 * through here. For an event that waited in the buffer it is called twice, when it came and when
 * it got its ID, and the second call changes nothing but counts.
 */
export function applyEvent(draft: RunDraft, event: HistoryEventInit): void {
  const attributes = event.attributes;
  if (attributes === undefined) return;
  const place = { eventId: Number(event.eventId ?? 0n), timeMs: timestampMs(event.eventTime) };
  switch (attributes.kind) {
    case "workflowExecutionStartedEventAttributes":
      draft.userMetadata = event.userMetadata;
      draft.startLinks = event.links ?? [];
      return applyStarted(draft, attributes.value, place);
    case "workflowExecutionSignaledEventAttributes":
      if (place.eventId > 0) {
        draft.signals = withSignal(draft.signals, attributes.value.requestId ?? "", place);
      }
      return;
    case "workflowExecutionCancelRequestedEventAttributes":
      draft.isCancelRequested = true;
      return;
    case "workflowExecutionOptionsUpdatedEventAttributes":
      return applyOptionsUpdated(draft, attributes.value, place);
    case "timerStartedEventAttributes":
      return addTimer(draft, attributes.value, place);
    case "timerFiredEventAttributes":
    case "timerCanceledEventAttributes":
      draft.timers = draft.timers.delete(attributes.value.timerId ?? "");
      return;
    case "upsertWorkflowSearchAttributesEventAttributes":
      draft.searchAttributes = mergeSearchAttributes(
        draft.searchAttributes,
        attributes.value.searchAttributes,
      );
      return;
    case "workflowPropertiesModifiedEventAttributes":
      draft.memo = mergeMemo(draft.memo, attributes.value.upsertedMemo);
      return;
    default:
      if (applyOwnEvent(draft, attributes, place)) return;
      draft.peers = applyPeerEvent(draft.peers, event);
  }
}

function applyOwnEvent(draft: RunDraft, attributes: Attributes, place: EventPlace): boolean {
  return (
    applyTaskEvent(draft, attributes, place) ||
    applyActivityEvent(draft, attributes, place) ||
    applyUpdateEvent(draft, attributes, place) ||
    applyPauseEvent(draft, attributes, place) ||
    applyNexusEvent(draft, attributes, place) ||
    applyClosing(draft, attributes, place)
  );
}

type Attributes = NonNullable<HistoryEventInit["attributes"]>;

function withSignal(signals: SignalTally, requestId: string, { eventId }: EventPlace): SignalTally {
  const isFirst = requestId !== "" && signals.firstRequestId === "";
  return {
    count: signals.count + 1,
    firstRequestId: isFirst ? requestId : signals.firstRequestId,
    firstEventId: isFirst ? eventId : signals.firstEventId,
  };
}

function applyStarted(
  draft: RunDraft,
  started: WorkflowExecutionStartedEventAttributesInit,
  place: EventPlace,
): void {
  draft.started = started;
  draft.startTimeMs = place.timeMs;
  const backoffMs = durationMs(started.firstWorkflowTaskBackoff);
  draft.firstTaskAtMs = backoffMs > 0 ? place.timeMs + backoffMs : 0;
  draft.memo = started.memo;
  draft.searchAttributes = started.searchAttributes;
  applyInheritedVersion(draft, started);
  if (started.prevAutoResetPoints !== undefined) {
    draft.resetPoints = List(readResetPoints(started.prevAutoResetPoints));
  }
}

/** A workflow task of which nothing is known. */
export const NO_WORKFLOW_TASK: WorkflowTaskProgress = {
  scheduledEventId: 0,
  startedEventId: 0,
  attempt: 1,
  scheduledAtMs: 0,
  startedAtMs: 0,
  isTransient: false,
  stickyQueue: "",
  stamp: 0,
  requestId: "",
  identity: "",
  originalScheduledAtMs: 0,
  startByMs: 0,
};

function applyTaskEvent(draft: RunDraft, attributes: Attributes, place: EventPlace): boolean {
  switch (attributes.kind) {
    case "workflowTaskScheduledEventAttributes":
      draft.workflowTask = scheduledTask(attributes.value, place);
      draft.firstTaskAtMs = 0;
      return true;
    case "workflowTaskStartedEventAttributes":
      draft.workflowTask = startedTask(draft, attributes.value, place);
      return true;
    case "workflowTaskCompletedEventAttributes":
      draft.workflowTask = undefined;
      draft.previousStartedEventId = Number(attributes.value.startedEventId ?? 0n);
      draft.lastCompletedEventId = place.eventId;
      draft.resetPoints = addResetPoint(draft.resetPoints, {
        buildId:
          attributes.value.deploymentVersion?.buildId ??
          attributes.value.workerVersion?.buildId ??
          "",
        binaryChecksum: attributes.value.binaryChecksum ?? "",
        runId: draft.runId,
        firstCompletedEventId: place.eventId,
        createdAtMs: place.timeMs,
        resettable: true,
        expiresAtMs: 0,
      });
      draft.workerVersion = attributes.value.workerVersion ?? draft.workerVersion;
      applyWorkerVersion(draft, attributes.value);
      forgetProblems(draft);
      return true;
    case "workflowTaskFailedEventAttributes":
    case "workflowTaskTimedOutEventAttributes":
      draft.workflowTask = undefined;
      rememberProblem(draft, problemOf(attributes));
      return true;
    default:
      return false;
  }
}

function scheduledTask(
  scheduled: WorkflowTaskScheduledEventAttributesInit,
  place: EventPlace,
): WorkflowTaskProgress {
  const isSticky = scheduled.taskQueue?.kind === TaskQueueKind.STICKY;
  return {
    scheduledEventId: place.eventId,
    startedEventId: 0,
    attempt: scheduled.attempt ?? 1,
    scheduledAtMs: place.timeMs,
    startedAtMs: 0,
    isTransient: false,
    stickyQueue: isSticky ? (scheduled.taskQueue?.name ?? "") : "",
    stamp: 0,
    requestId: "",
    identity: "",
    originalScheduledAtMs: place.timeMs,
    startByMs: 0,
  };
}

function startedTask(
  draft: RunDraft,
  started: WorkflowTaskStartedEventAttributesInit,
  place: EventPlace,
): WorkflowTaskProgress {
  const task: WorkflowTaskProgress = draft.workflowTask ?? NO_WORKFLOW_TASK;
  return {
    scheduledEventId: task.scheduledEventId,
    startedEventId: place.eventId,
    attempt: task.attempt,
    scheduledAtMs: task.scheduledAtMs,
    startedAtMs: place.timeMs,
    isTransient: task.isTransient,
    stickyQueue: task.stickyQueue,
    stamp: task.stamp,
    requestId: started.requestId ?? "",
    identity: started.identity ?? "",
    originalScheduledAtMs: task.originalScheduledAtMs,
    startByMs: task.startByMs,
  };
}

function applyActivityEvent(draft: RunDraft, attributes: Attributes, place: EventPlace): boolean {
  switch (attributes.kind) {
    case "activityTaskScheduledEventAttributes":
      addActivity(draft, attributes.value, place);
      return true;
    case "activityTaskCancelRequestedEventAttributes": {
      const scheduledEventId = Number(attributes.value.scheduledEventId ?? 0n);
      const activity = draft.activities.get(scheduledEventId);
      if (activity === undefined) return true;
      const progress = {
        ...activity.progress,
        cancelRequested: true,
        cancelRequestedEventId: place.eventId,
      };
      setActivity(draft, { ...activity, progress });
      return true;
    }
    case "activityTaskCompletedEventAttributes":
    case "activityTaskFailedEventAttributes":
    case "activityTaskTimedOutEventAttributes":
    case "activityTaskCanceledEventAttributes":
      removeActivity(draft, Number(attributes.value.scheduledEventId ?? 0n));
      return true;
    default:
      return false;
  }
}

function addActivity(
  draft: RunDraft,
  scheduled: ActivityTaskScheduledEventAttributesInit,
  place: EventPlace,
): void {
  const activity = {
    scheduledEventId: place.eventId,
    scheduled,
    scheduledTimeMs: place.timeMs,
    progress: firstAttempt(place),
  };
  setActivity(draft, activity);
  draft.activityIds = draft.activityIds.set(scheduled.activityId ?? "", place.eventId);
}

function removeActivity(draft: RunDraft, scheduledEventId: number): void {
  const activity = draft.activities.get(scheduledEventId);
  if (activity === undefined) return;
  deleteActivity(draft, scheduledEventId);
  draft.activityIds = draft.activityIds.delete(activity.scheduled.activityId ?? "");
}
