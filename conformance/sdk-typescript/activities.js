import {
  activityInfo,
  CompleteAsyncError,
  Context,
  cancellationDetails,
} from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";

/** What one side puts under a key once, and the other waits for. */
class Mailbox {
  #entries = new Map();

  put(key, value) {
    this.#entry(key).resolve(value);
  }

  get(key) {
    return this.#entry(key).promise;
  }

  #entry(key) {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const entry = {};
    entry.promise = new Promise((resolve) => {
      entry.resolve = resolve;
    });
    this.#entries.set(key, entry);
    return entry;
  }
}

/** Task tokens of activities that wait for others to complete them, by workflow ID. */
export const startedTokens = new Mailbox();
/** Attempts of activities that have begun, by workflow ID and attempt. */
export const begun = new Mailbox();

/** Why activities were told to end, by workflow ID. */
export const cancellations = new Mailbox();

/** What saga steps and compensations did, by workflow ID. */
export const sagaLog = new Map();

export async function greet(name) {
  return `Hello, ${name}!`;
}

/** Fails until the given attempt. */
export async function succeedAt(attempt) {
  const now = activityInfo().attempt;
  if (now < attempt) throw new Error(`attempt ${now} fails`);
  return now;
}

/** Heartbeats its progress, fails once half way, and goes on from there. */
export async function countWithHeartbeats(limit) {
  const resumedAt = activityInfo().heartbeatDetails ?? 0;
  for (let number = resumedAt; number < limit; number++) {
    Context.current().heartbeat(number);
    if (number === limit / 2 && resumedAt === 0) throw new Error("half way");
  }
  return resumedAt;
}

export async function refuse() {
  throw ApplicationFailure.nonRetryable("no seat left", "NoSeat");
}

export async function bookStep(step) {
  const { workflowId } = activityInfo().workflowExecution;
  sagaLog.set(workflowId, [...(sagaLog.get(workflowId) ?? []), step]);
}

/** Waits until it is cancelled. */
export async function waitForCancellation() {
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat(), 100);
  try {
    await context.cancelled;
  } finally {
    clearInterval(beat);
  }
}

export async function sleepLong() {
  await Context.current().sleep("10s");
}

export async function sleepFor(duration) {
  await Context.current().sleep(duration);
  return "slept";
}

export async function heartbeatOnce(details) {
  Context.current().heartbeat(details);
  await Context.current().sleep("10s");
}

export async function completeElsewhere() {
  const { workflowExecution, taskToken } = activityInfo();
  startedTokens.put(workflowExecution.workflowId, taskToken);
  throw new CompleteAsyncError();
}

/** Fails once and asks for a delay; then tells how many milliseconds it was after. */
export async function succeedAfterDelay(nextRetryDelay) {
  const { attempt, workflowExecution } = activityInfo();
  if (attempt > 1) return Date.now() - failedAtMs.get(workflowExecution.workflowId);
  failedAtMs.set(workflowExecution.workflowId, Date.now());
  throw ApplicationFailure.create({ message: "not yet", nextRetryDelay });
}

const failedAtMs = new Map();

/** Tells that it has begun, and ends when the given promise of the test does. */
export async function holdUntilReleased() {
  const { attempt, workflowExecution } = activityInfo();
  begun.put(`${workflowExecution.workflowId} ${attempt}`);
  await released.get(workflowExecution.workflowId);
  return attempt;
}

export const released = new Mailbox();

/** Heartbeats until it is told to end, and tells why. A later attempt tells what it got. */
export async function tellCancellation() {
  const { attempt, heartbeatDetails, workflowExecution } = activityInfo();
  if (attempt > 1) return heartbeatDetails ?? "nothing";
  const context = Context.current();
  const beat = setInterval(() => context.heartbeat("half"), 50);
  try {
    return await context.cancelled;
  } finally {
    clearInterval(beat);
    cancellations.put(workflowExecution.workflowId, cancellationDetails());
  }
}
