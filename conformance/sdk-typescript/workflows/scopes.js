import {
  ActivityCancellationType,
  CancellationScope,
  condition,
  isCancellation,
  proxyActivities,
  sleep,
} from "@temporalio/workflow";

const { waitForCancellation, greet } = proxyActivities({
  startToCloseTimeout: "30s",
  heartbeatTimeout: "2s",
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

/** "cancelled" or what else becomes of a promise. */
async function outcomeOf(promise) {
  try {
    await promise;
    return "rang";
  } catch (error) {
    if (isCancellation(error)) return "cancelled";
    throw error;
  }
}

export async function hurriedActivity() {
  return outcomeOf(CancellationScope.withTimeout("300ms", () => waitForCancellation()));
}

export async function cancelledTimer() {
  const scope = new CancellationScope();
  const inner = scope.run(() => sleep("1h"));
  const outer = sleep("200ms");
  // The first task ends with both timers set, so that their cancellation is seen by the server.
  void sleep0().then(() => scope.cancel());
  return Promise.all([outcomeOf(inner), outcomeOf(outer)]);
}

/** Resolves in a later workflow task. */
async function sleep0() {
  await greet("timer");
}

export async function shielded() {
  const greeting = CancellationScope.nonCancellable(async () => {
    await sleep("300ms");
    return greet("survivor");
  });
  await outcomeOf(sleep("1h"));
  return greeting;
}

export async function impatient() {
  let isTrue = false;
  const late = await condition(() => isTrue, "50ms");
  void greet("condition").then(() => {
    isTrue = true;
  });
  return [late, await condition(() => isTrue, "1h")];
}

export async function manyTimers(count) {
  const timers = Array.from({ length: count }, (_, index) => sleep(100 + 10 * (index % 5)));
  return (await Promise.all(timers)).length;
}
