import type { HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import type { EventAttributes } from "./event-types.js";

type Kind = EventAttributes["kind"];

/** Ends of activities: each names the event that started the attempt. */
const ACTIVITY_ENDS: ReadonlySet<Kind> = new Set([
  "activityTaskCompletedEventAttributes",
  "activityTaskFailedEventAttributes",
  "activityTaskTimedOutEventAttributes",
  "activityTaskCanceledEventAttributes",
]);

/** Ends of children: each names the event that told of the child's start. */
const CHILD_ENDS: ReadonlySet<Kind> = new Set([
  "childWorkflowExecutionCompletedEventAttributes",
  "childWorkflowExecutionFailedEventAttributes",
  "childWorkflowExecutionTimedOutEventAttributes",
  "childWorkflowExecutionCanceledEventAttributes",
  "childWorkflowExecutionTerminatedEventAttributes",
]);

const NEXUS_ENDS: ReadonlySet<Kind> = new Set([
  "nexusOperationCompletedEventAttributes",
  "nexusOperationFailedEventAttributes",
  "nexusOperationCanceledEventAttributes",
  "nexusOperationTimedOutEventAttributes",
]);

const END_SETS = [ACTIVITY_ENDS, CHILD_ENDS, NEXUS_ENDS];

/**
 * The order in which waiting events get their IDs: ends of activities, children and Nexus
 * operations come after everything else.
 *
 * Source: histories of the reference server.
 */
export function inFlushOrder(waiting: Iterable<HistoryEventInit>): readonly HistoryEventInit[] {
  const first: HistoryEventInit[] = [];
  const last: HistoryEventInit[] = [];
  for (const event of waiting) {
    const kind = event.attributes?.kind;
    const isEnd = kind !== undefined && END_SETS.some((ends) => ends.has(kind));
    (isEnd ? last : first).push(event);
  }
  return last.length === 0 ? first : [...first, ...last];
}

/**
 * Writes events one after another. Where the started event of an activity or a child is among
 * them, its ID is put into the event that ends it.
 *
 * @param write - Gives an event its ID and returns that.
 */
export function wireStartedEvents(
  events: readonly HistoryEventInit[],
  write: (event: HistoryEventInit) => number,
): void {
  const startedEventIds = new Map<bigint, bigint>();
  for (const event of events) {
    const eventId = BigInt(write(wired(event, startedEventIds)));
    const attributes = event.attributes;
    if (attributes?.kind === "activityTaskStartedEventAttributes") {
      startedEventIds.set(attributes.value.scheduledEventId ?? 0n, eventId);
    }
    if (attributes?.kind === "childWorkflowExecutionStartedEventAttributes") {
      startedEventIds.set(attributes.value.initiatedEventId ?? 0n, eventId);
    }
  }
}

function wired(
  event: HistoryEventInit,
  startedEventIds: ReadonlyMap<bigint, bigint>,
): HistoryEventInit {
  const attributes = event.attributes;
  if (attributes === undefined || startedEventIds.size === 0) return event;
  const isEnd = ACTIVITY_ENDS.has(attributes.kind) || CHILD_ENDS.has(attributes.kind);
  if (!isEnd) return event;
  const startedEventId = startedEventIds.get(beginningOf(attributes));
  if (startedEventId === undefined) return event;
  const value = { ...attributes.value, startedEventId };
  return { ...event, attributes: { kind: attributes.kind, value } as EventAttributes };
}

/** ID of the event that began what this event ends. */
function beginningOf(attributes: EventAttributes): bigint {
  if ("scheduledEventId" in attributes.value) return attributes.value.scheduledEventId ?? 0n;
  if ("initiatedEventId" in attributes.value) return attributes.value.initiatedEventId ?? 0n;
  return 0n;
}
