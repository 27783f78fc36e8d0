import { EventType, TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import {
  History,
  type HistoryEvent,
  type WorkflowExecutionContinuedAsNewEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";

const TIMED_OUT: FailureInit = {
  message: "workflow timeout",
  source: "Server",
  failureInfo: {
    kind: "timeoutFailureInfo",
    value: { timeoutType: TimeoutType.START_TO_CLOSE },
  },
};

/**
 * The closing event of a run with a successor, encoded, for a client that only follows runs which
 * continued as new: such a client takes the failure of a run that is retried, or the end of one
 * run of a cron schedule, for the end of the chain. The official server answers these clients,
 * among them the official TypeScript SDK, with a continue-as-new in place of the event.
 *
 * @param events - An encoded `History` of the one closing event.
 */
export function followSuccessor(events: Uint8Array): Uint8Array {
  const [event] = History.decode(events).events;
  const attributes = event === undefined ? undefined : continuation(event);
  if (event === undefined || attributes === undefined) return events;
  const { eventId, eventTime, version, taskId } = event;
  return History.encode({
    events: [
      {
        eventId,
        eventTime,
        version,
        taskId,
        eventType: EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW,
        attributes: { kind: "workflowExecutionContinuedAsNewEventAttributes", value: attributes },
      },
    ],
  });
}

function continuation(
  event: HistoryEvent,
): WorkflowExecutionContinuedAsNewEventAttributesInit | undefined {
  const { attributes } = event;
  switch (attributes?.kind) {
    case "workflowExecutionCompletedEventAttributes": {
      const { newExecutionRunId, result } = attributes.value;
      return newExecutionRunId === ""
        ? undefined
        : { newExecutionRunId, lastCompletionResult: result };
    }
    case "workflowExecutionFailedEventAttributes": {
      const { newExecutionRunId, failure } = attributes.value;
      return newExecutionRunId === "" ? undefined : { newExecutionRunId, failure };
    }
    case "workflowExecutionTimedOutEventAttributes": {
      const { newExecutionRunId } = attributes.value;
      return newExecutionRunId === "" ? undefined : { newExecutionRunId, failure: TIMED_OUT };
    }
    default:
      return undefined;
  }
}
