import { present } from "@perdure/kernel";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";

/** What an event says, with its kind. */
export type EventAttributes = NonNullable<HistoryEventInit["attributes"]>;

const ATTRIBUTES_SUFFIX = "EventAttributes";

/** `EventType` by the name of its attributes' field. */
const TYPE_OF_KIND: ReadonlyMap<string, EventType> = new Map(
  Object.entries(EventType).map(([name, type]) => [`${camelCase(name)}${ATTRIBUTES_SUFFIX}`, type]),
);

function camelCase(upperSnake: string): string {
  return upperSnake
    .toLowerCase()
    .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The event type that these attributes belong to. */
export function eventTypeOf(attributes: EventAttributes): EventType {
  return present(
    TYPE_OF_KIND.get(attributes.kind),
    `Event attributes ${attributes.kind} have a type`,
  );
}

/**
 * Whether an event of this kind waits while a workflow task is running. Events that commands,
 * workflow tasks and closing make do not: they are part of the task's own step.
 *
 * Source: histories of the reference server, `conformance/differential`.
 */
export function isBufferable(kind: EventAttributes["kind"]): boolean {
  return !NEVER_BUFFERED.has(kind);
}

const NEVER_BUFFERED: ReadonlySet<EventAttributes["kind"]> = new Set([
  "workflowExecutionStartedEventAttributes",
  "workflowExecutionCompletedEventAttributes",
  "workflowExecutionFailedEventAttributes",
  "workflowExecutionTimedOutEventAttributes",
  "workflowExecutionTerminatedEventAttributes",
  "workflowExecutionContinuedAsNewEventAttributes",
  "workflowExecutionCanceledEventAttributes",
  "workflowTaskScheduledEventAttributes",
  "workflowTaskStartedEventAttributes",
  "workflowTaskCompletedEventAttributes",
  "workflowTaskFailedEventAttributes",
  "workflowTaskTimedOutEventAttributes",
  "activityTaskScheduledEventAttributes",
  "activityTaskCancelRequestedEventAttributes",
  "timerStartedEventAttributes",
  "timerCanceledEventAttributes",
  "markerRecordedEventAttributes",
  "requestCancelExternalWorkflowExecutionInitiatedEventAttributes",
  "signalExternalWorkflowExecutionInitiatedEventAttributes",
  "startChildWorkflowExecutionInitiatedEventAttributes",
  "upsertWorkflowSearchAttributesEventAttributes",
  "workflowPropertiesModifiedEventAttributes",
  "nexusOperationScheduledEventAttributes",
  "nexusOperationCancelRequestedEventAttributes",
  "workflowExecutionUpdateAcceptedEventAttributes",
  "workflowExecutionUpdateCompletedEventAttributes",
]);
