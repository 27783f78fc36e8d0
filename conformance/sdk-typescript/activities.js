import { activityInfo, Context } from "@temporalio/activity";
import { ApplicationFailure } from "@temporalio/common";

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
