import {
  NexusOperationCancellationState,
  PendingNexusOperationState,
  TimeoutType,
} from "@perdure/proto/temporal/api/enums/v1";
import { durationMs } from "../wire-time.js";
import { timeOutNexusOperation } from "./nexus-ends.js";
import type { NexusOperation } from "./nexus-operation.js";
import type { RunState } from "./run-state.js";
import type { Step } from "./step.js";

/** Something that a Nexus operation has to do at a time. */
export type NexusDeadline = { readonly atMs: number; readonly scheduledEventId: number } & (
  | { readonly kind: "nexusTimeout"; readonly type: TimeoutType }
  | { readonly kind: "nexusBackoff" }
  | { readonly kind: "nexusCancelBackoff" }
);

/** Tells of every deadline of the pending operations; a run has few of them. */
export function considerNexusOperations(
  run: RunState,
  consider: (deadline: NexusDeadline) => void,
): void {
  for (const operation of run.uncommon.nexusOperations.values()) {
    considerTimeouts(operation, consider);
    const { scheduledEventId, progress } = operation;
    const { cancellation } = progress;
    if (progress.state === PendingNexusOperationState.BACKING_OFF) {
      consider({ kind: "nexusBackoff", scheduledEventId, atMs: progress.nextAttemptAtMs });
    }
    if (cancellation?.state === NexusOperationCancellationState.BACKING_OFF) {
      consider({
        kind: "nexusCancelBackoff",
        scheduledEventId,
        atMs: cancellation.nextAttemptAtMs,
      });
    }
  }
}

function considerTimeouts(
  { scheduledEventId, scheduled, scheduledTimeMs, progress }: NexusOperation,
  consider: (deadline: NexusDeadline) => void,
): void {
  const kind = "nexusTimeout";
  const closeMs = durationMs(scheduled.scheduleToCloseTimeout);
  const startMs = durationMs(scheduled.scheduleToStartTimeout);
  const runMs = durationMs(scheduled.startToCloseTimeout);
  const isStarted = progress.state === PendingNexusOperationState.STARTED;
  if (closeMs > 0) {
    const type = TimeoutType.SCHEDULE_TO_CLOSE;
    consider({ kind, scheduledEventId, type, atMs: scheduledTimeMs + closeMs });
  }
  if (startMs > 0 && !isStarted) {
    const type = TimeoutType.SCHEDULE_TO_START;
    consider({ kind, scheduledEventId, type, atMs: scheduledTimeMs + startMs });
  }
  if (runMs > 0 && isStarted) {
    const type = TimeoutType.START_TO_CLOSE;
    consider({ kind, scheduledEventId, type, atMs: progress.startedAtMs + runMs });
  }
}

/** Does what is due: the operation times out, or may be tried again. */
export function meetNexusDeadline(step: Step, deadline: NexusDeadline): void {
  const operation = step.draft.uncommon.nexusOperations.get(deadline.scheduledEventId);
  if (operation === undefined) return;
  const { progress } = operation;
  switch (deadline.kind) {
    case "nexusTimeout":
      timeOutNexusOperation(step, operation, deadline.type);
      return;
    case "nexusBackoff": {
      const state = PendingNexusOperationState.SCHEDULED;
      step.putNexusOperation({
        ...operation,
        progress: { ...progress, state, nextAttemptAtMs: 0 },
      });
      return;
    }
    case "nexusCancelBackoff": {
      if (progress.cancellation === undefined) return;
      const state = NexusOperationCancellationState.SCHEDULED;
      const cancellation = { ...progress.cancellation, state, nextAttemptAtMs: 0 };
      step.putNexusOperation({ ...operation, progress: { ...progress, cancellation } });
    }
  }
}
