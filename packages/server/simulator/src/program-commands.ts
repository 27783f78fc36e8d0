import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";

const SECOND = { seconds: 1n, nanos: 0 };

/** Schedules an activity that fails or beats as its type says. */
export function scheduleActivity(
  activityId: string,
  activity: {
    readonly maximumAttempts: number;
    readonly heartbeats: boolean;
    readonly taskQueue: string;
  },
): CommandInit {
  const value = {
    activityId,
    activityType: { name: activity.heartbeats ? "beat" : "work" },
    taskQueue: { name: activity.taskQueue },
    startToCloseTimeout: { seconds: 5n, nanos: 0 },
    heartbeatTimeout: activity.heartbeats ? { seconds: 1n, nanos: 500_000_000 } : undefined,
    retryPolicy: { initialInterval: SECOND, maximumAttempts: activity.maximumAttempts },
  };
  const attributes = { kind: "scheduleActivityTaskCommandAttributes", value } as const;
  return { commandType: CommandType.SCHEDULE_ACTIVITY_TASK, attributes };
}

/** Asks an activity to end. */
export function cancelActivity(scheduledEventId: bigint): CommandInit {
  const value = { scheduledEventId };
  const attributes = { kind: "requestCancelActivityTaskCommandAttributes", value } as const;
  return { commandType: CommandType.REQUEST_CANCEL_ACTIVITY_TASK, attributes };
}

/** Starts a timer. */
export function startTimer(timerId: string, delayMs: number): CommandInit {
  const seconds = BigInt(Math.floor(delayMs / 1000));
  const nanos = (delayMs % 1000) * 1e6;
  const value = { timerId, startToFireTimeout: { seconds, nanos } };
  const attributes = { kind: "startTimerCommandAttributes", value } as const;
  return { commandType: CommandType.START_TIMER, attributes };
}

/** Cancels a timer. */
export function cancelTimer(timerId: string): CommandInit {
  const attributes = { kind: "cancelTimerCommandAttributes", value: { timerId } } as const;
  return { commandType: CommandType.CANCEL_TIMER, attributes };
}

/** Records a marker without details. */
export function recordMarker(markerName: string): CommandInit {
  const attributes = { kind: "recordMarkerCommandAttributes", value: { markerName } } as const;
  return { commandType: CommandType.RECORD_MARKER, attributes };
}

/** Ends the workflow as cancelled. */
export function cancelWorkflow(): CommandInit {
  const attributes = { kind: "cancelWorkflowExecutionCommandAttributes", value: {} } as const;
  return { commandType: CommandType.CANCEL_WORKFLOW_EXECUTION, attributes };
}
