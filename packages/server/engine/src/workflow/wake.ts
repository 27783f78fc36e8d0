import type { TimerProgress } from "@perdure/proto/perdure/internal/v1";
import { endBackoff, timeOutActivity } from "./activity.js";
import {
  type ActivityDeadline,
  activitiesWakeMs,
  considerActivity,
  refreshBound,
} from "./activity-deadlines.js";
import { callbacksWakeMs } from "./callback-progress.js";
import { wakeCallbacks } from "./callback-results.js";
import { timeOutRun } from "./close.js";
import {
  considerNexusOperations,
  meetNexusDeadline,
  type NexusDeadline,
} from "./nexus-deadlines.js";
import { isOpen, isPaused, type RunState, runTimeoutAtMs } from "./run-state.js";
import { SPECULATIVE_START_MS } from "./speculative-task.js";
import { Step, type StepEnvironment, type StepWithSuccessor } from "./step.js";
import {
  ensureWorkflowTask,
  leaveStickyQueue,
  scheduleWorkflowTask,
  timeOutWorkflowTask,
} from "./workflow-task.js";
import { workflowTaskTimeoutMs } from "./workflow-task-timeout.js";

/** Something that a run has to do at a time. */
type Deadline =
  | { readonly kind: "run"; readonly atMs: number }
  | { readonly kind: "firstTask"; readonly atMs: number }
  | { readonly kind: "taskStart"; readonly atMs: number }
  | { readonly kind: "taskClose"; readonly atMs: number }
  | { readonly kind: "timer"; readonly atMs: number; readonly timerId: string }
  | ActivityDeadline
  | NexusDeadline;

/**
 * When the run must be looked at next, milliseconds since the epoch; `undefined`: only for news.
 * For a run with many activities it may be too early, but not again once `wakeRun` had a look.
 */
export function nextWakeMs(
  run: RunState,
  workflowTaskRetryIntervalMsMax: number,
): number | undefined {
  if (!isOpen(run)) return callbacksWakeMs(run);
  const atMs = earliestBesideActivities(run, workflowTaskRetryIntervalMsMax)?.atMs ?? Infinity;
  const activityAtMs = activitiesWakeMs(run.activities) ?? Infinity;
  const first = Math.min(atMs, activityAtMs);
  return first === Infinity ? undefined : first;
}

/** Does everything that is due, in the order of its time. Without anything due nothing changes. */
export function wakeRun(run: RunState, environment: StepEnvironment): StepWithSuccessor {
  if (!isOpen(run)) return { ...wakeCallbacks(run, environment), successor: undefined };
  const step = new Step(run, environment);
  const intervalMsMax = environment.limits.workflowTaskRetryIntervalMsMax;
  let hasFired = false;
  for (;;) {
    const deadline = isOpen(step.draft) ? earliest(step.draft, intervalMsMax) : undefined;
    const isDue = deadline !== undefined && deadline.atMs <= environment.nowMs;
    // All timers that are due fire before the workflow task that tells of them is scheduled.
    if (hasFired && (!isDue || deadline.kind !== "timer")) {
      ensureWorkflowTask(step);
      hasFired = false;
      continue;
    }
    if (!isDue) break;
    hasFired = deadline.kind === "timer";
    if (deadline.kind === "run") {
      const successor = timeOutRun(step);
      return { ...step.finish(), successor };
    }
    meet(step, deadline);
  }
  refreshBound(step.draft.activities);
  return { ...step.finish(), successor: undefined };
}

function earliest(run: RunState, intervalMsMax: number): Deadline | undefined {
  let first = earliestBesideActivities(run, intervalMsMax);
  const consider = (deadline: Deadline): void => {
    if (deadline.atMs === 0) return;
    if (first === undefined || deadline.atMs < first.atMs) first = deadline;
  };
  for (const activity of run.activities.values()) considerActivity(activity, consider);
  return first;
}

function earliestBesideActivities(run: RunState, intervalMsMax: number): Deadline | undefined {
  let first: Deadline | undefined;
  const consider = (deadline: Deadline | undefined): void => {
    if (deadline === undefined || deadline.atMs === 0) return;
    if (first === undefined || deadline.atMs < first.atMs) first = deadline;
  };
  consider({ kind: "run", atMs: runTimeoutAtMs(run) });
  // A task that is there already cuts the wait short, unless it goes without a trace.
  if (run.workflowTask === undefined && !isPaused(run)) {
    consider({ kind: "firstTask", atMs: run.firstTaskAtMs });
  }
  consider(workflowTaskDeadline(run, intervalMsMax));
  if (!run.uncommon.nexusOperations.isEmpty()) considerNexusOperations(run, consider);
  const timer = earliestTimer(run);
  if (timer !== undefined) {
    consider({ kind: "timer", atMs: timer.fireAtMs, timerId: timer.timerId });
  }
  return first;
}

/** Of timers with one deadline, the one that was started first. */
function earliestTimer(run: RunState): TimerProgress | undefined {
  let first: TimerProgress | undefined;
  for (const timer of run.timers.values()) {
    const isEarlier =
      first === undefined ||
      timer.fireAtMs < first.fireAtMs ||
      (timer.fireAtMs === first.fireAtMs && timer.startedEventId < first.startedEventId);
    if (isEarlier) first = timer;
  }
  return first;
}

function workflowTaskDeadline(run: RunState, intervalMsMax: number): Deadline | undefined {
  const task = run.workflowTask;
  if (task === undefined) return undefined;
  if (task.startedEventId !== 0) {
    const timeoutMs = workflowTaskTimeoutMs(run, task.attempt, intervalMsMax);
    return { kind: "taskClose", atMs: task.startedAtMs + timeoutMs };
  }
  if (task.stickyQueue === "" || run.sticky === undefined) {
    const atMs =
      task.isSpeculative === true ? task.scheduledAtMs + SPECULATIVE_START_MS : task.startByMs;
    return { kind: "taskStart", atMs };
  }
  const { scheduleToStartMs } = run.sticky;
  if (scheduleToStartMs === 0) return undefined;
  return { kind: "taskStart", atMs: task.scheduledAtMs + scheduleToStartMs };
}

function meet(step: Step, deadline: Exclude<Deadline, { kind: "run" }>): void {
  switch (deadline.kind) {
    case "firstTask":
      step.draft.firstTaskAtMs = 0;
      scheduleWorkflowTask(step);
      return;
    case "taskStart":
      leaveStickyQueue(step);
      return;
    case "taskClose":
      scheduleWorkflowTask(step, { attempt: timeOutWorkflowTask(step) });
      return;
    case "timer":
      fireTimer(step, deadline.timerId);
      return;
    case "nexusTimeout":
    case "nexusBackoff":
    case "nexusCancelBackoff":
      meetNexusDeadline(step, deadline);
      return;
    case "backoff":
    case "activity": {
      const activity = step.draft.activities.get(deadline.scheduledEventId);
      if (activity === undefined) return;
      if (deadline.kind === "backoff") endBackoff(step, activity);
      else timeOutActivity(step, activity, deadline.type);
    }
  }
}

function fireTimer(step: Step, timerId: string): void {
  const timer = step.draft.timers.get(timerId);
  if (timer === undefined) return;
  const value = { timerId, startedEventId: BigInt(timer.startedEventId) };
  step.recordOrBuffer({ kind: "timerFiredEventAttributes", value });
}
