import type {
  CommandInit,
  ContinueAsNewWorkflowExecutionCommandAttributesInit,
  RequestCancelExternalWorkflowExecutionCommandAttributesInit,
  ScheduleActivityTaskCommandAttributesInit,
  SignalExternalWorkflowExecutionCommandAttributesInit,
  StartChildWorkflowExecutionCommandAttributesInit,
} from "@perdure/proto/temporal/api/command/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { toDuration } from "../wire-time.js";

export const MINUTE_MS = 60_000;

/** Commands as a worker sends them. */
export function startTimer(timerId: string, fireAfterMs = MINUTE_MS): CommandInit {
  const value = { timerId, startToFireTimeout: toDuration(fireAfterMs) };
  return {
    commandType: CommandType.START_TIMER,
    attributes: { kind: "startTimerCommandAttributes", value },
  };
}

export function cancelTimer(timerId: string): CommandInit {
  return {
    commandType: CommandType.CANCEL_TIMER,
    attributes: { kind: "cancelTimerCommandAttributes", value: { timerId } },
  };
}

/** Schedules an activity with a start-to-close timeout of a minute. */
export function scheduleActivity(
  activityId: string,
  more: ScheduleActivityTaskCommandAttributesInit = {},
): CommandInit {
  const value = {
    activityId,
    activityType: { name: "charge" },
    taskQueue: { name: "charges" },
    startToCloseTimeout: toDuration(MINUTE_MS),
    ...more,
  };
  return {
    commandType: CommandType.SCHEDULE_ACTIVITY_TASK,
    attributes: { kind: "scheduleActivityTaskCommandAttributes", value },
  };
}

export function requestCancelActivity(scheduledEventId: number): CommandInit {
  const value = { scheduledEventId: BigInt(scheduledEventId) };
  return {
    commandType: CommandType.REQUEST_CANCEL_ACTIVITY_TASK,
    attributes: { kind: "requestCancelActivityTaskCommandAttributes", value },
  };
}

export function recordMarker(markerName: string): CommandInit {
  return {
    commandType: CommandType.RECORD_MARKER,
    attributes: { kind: "recordMarkerCommandAttributes", value: { markerName } },
  };
}

export function completeWorkflow(result?: PayloadsInit): CommandInit {
  return {
    commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION,
    attributes: { kind: "completeWorkflowExecutionCommandAttributes", value: { result } },
  };
}

export function failWorkflow(failure: FailureInit): CommandInit {
  return {
    commandType: CommandType.FAIL_WORKFLOW_EXECUTION,
    attributes: { kind: "failWorkflowExecutionCommandAttributes", value: { failure } },
  };
}

export function cancelWorkflow(): CommandInit {
  return {
    commandType: CommandType.CANCEL_WORKFLOW_EXECUTION,
    attributes: { kind: "cancelWorkflowExecutionCommandAttributes", value: {} },
  };
}

export function continueAsNew(
  value: ContinueAsNewWorkflowExecutionCommandAttributesInit = {},
): CommandInit {
  return {
    commandType: CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    attributes: { kind: "continueAsNewWorkflowExecutionCommandAttributes", value },
  };
}

/** Starts the child "child-1" of the type "Child". */
export function startChild(
  more: StartChildWorkflowExecutionCommandAttributesInit = {},
): CommandInit {
  const value = { workflowId: "child-1", workflowType: { name: "Child" }, ...more };
  return {
    commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION,
    attributes: { kind: "startChildWorkflowExecutionCommandAttributes", value },
  };
}

/** Sends the signal "hello" to the workflow "other". */
export function signalExternal(
  more: SignalExternalWorkflowExecutionCommandAttributesInit = {},
): CommandInit {
  const value = { execution: { workflowId: "other" }, signalName: "hello", ...more };
  return {
    commandType: CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
    attributes: { kind: "signalExternalWorkflowExecutionCommandAttributes", value },
  };
}

/** Asks the workflow "other" to cancel itself. */
export function cancelExternal(
  more: RequestCancelExternalWorkflowExecutionCommandAttributesInit = {},
): CommandInit {
  const value = { workflowId: "other", ...more };
  return {
    commandType: CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
    attributes: { kind: "requestCancelExternalWorkflowExecutionCommandAttributes", value },
  };
}
