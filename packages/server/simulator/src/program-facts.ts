import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { noPeerFacts, type PeerFacts, readPeerEvent } from "./program-peers.js";

/** What a history tells of an activity. */
export interface ActivityFacts {
  readonly scheduledEventId: bigint;
  readonly state: "pending" | "canceling" | "ended";
}

/** What a simulated workflow knows: all of it is in its history. */
export interface Facts {
  /** By activity ID. */
  readonly activities: Map<string, ActivityFacts>;
  /** By timer ID; a timer that was cancelled has ended too. */
  readonly timers: Map<string, "pending" | "ended">;
  readonly markers: Set<string>;
  signals: number;
  /** Updates that were completed, and those that were accepted and are not. */
  updates: number;
  readonly openUpdates: Set<string>;
  /** How many runs came before this one. */
  continuation: number;
  isCancelRequested: boolean;
  readonly peers: PeerFacts;
}

/** Reads a history. */
export function readFacts(events: readonly HistoryEvent[]): Facts {
  const facts: Facts = {
    activities: new Map(),
    timers: new Map(),
    markers: new Set(),
    signals: 0,
    updates: 0,
    openUpdates: new Set(),
    continuation: 0,
    isCancelRequested: false,
    peers: noPeerFacts(),
  };
  const activityIds = new Map<bigint, string>();
  for (const event of events) {
    readEvent(facts, activityIds, event);
    readPeerEvent(facts.peers, event);
  }
  return facts;
}

function readEvent(
  facts: Facts,
  activityIds: Map<bigint, string>,
  { eventId, attributes }: HistoryEvent,
): void {
  const setActivity = (scheduledEventId: bigint, state: ActivityFacts["state"]): void => {
    const activityId = activityIds.get(scheduledEventId) ?? "";
    facts.activities.set(activityId, { scheduledEventId, state });
  };
  switch (attributes?.kind) {
    case "workflowExecutionStartedEventAttributes":
      facts.continuation = attributes.value.input?.payloads.length ?? 0;
      return;
    case "activityTaskScheduledEventAttributes":
      activityIds.set(eventId, attributes.value.activityId);
      return setActivity(eventId, "pending");
    case "activityTaskCancelRequestedEventAttributes":
      return setActivity(attributes.value.scheduledEventId, "canceling");
    case "activityTaskCompletedEventAttributes":
    case "activityTaskFailedEventAttributes":
    case "activityTaskTimedOutEventAttributes":
    case "activityTaskCanceledEventAttributes":
      return setActivity(attributes.value.scheduledEventId, "ended");
    case "timerStartedEventAttributes":
      facts.timers.set(attributes.value.timerId, "pending");
      return;
    case "timerFiredEventAttributes":
    case "timerCanceledEventAttributes":
      facts.timers.set(attributes.value.timerId, "ended");
      return;
    case "markerRecordedEventAttributes":
      facts.markers.add(attributes.value.markerName);
      return;
    case "workflowExecutionSignaledEventAttributes":
      facts.signals += 1;
      return;
    case "workflowExecutionUpdateAcceptedEventAttributes":
      facts.openUpdates.add(attributes.value.protocolInstanceId);
      return;
    case "workflowExecutionUpdateCompletedEventAttributes":
      facts.updates += 1;
      facts.openUpdates.delete(attributes.value.meta?.updateId ?? "");
      return;
    case "workflowExecutionCancelRequestedEventAttributes":
      facts.isCancelRequested = true;
      return;
    default:
  }
}
