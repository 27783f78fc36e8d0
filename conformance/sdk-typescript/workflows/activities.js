import {
  ActivityCancellationType,
  proxyActivities,
  proxyLocalActivities,
  workflowInfo,
} from "@temporalio/workflow";

const startToCloseTimeout = "10s";

function activitiesWith(options) {
  return proxyActivities({ startToCloseTimeout, ...options });
}

export async function retryAtMost(maximumAttempts) {
  await activitiesWith({ retry: { maximumAttempts, initialInterval: "50ms" } }).succeedAt(9);
}

export async function neverRetry() {
  await activitiesWith({ retry: { nonRetryableErrorTypes: ["Error"] } }).succeedAt(9);
}

/** Milliseconds between two attempts of an activity whose failure asks for 300 of them. */
export async function delayedRetry() {
  const retry = { initialInterval: "1h", maximumInterval: "1h" };
  return activitiesWith({ retry }).succeedAfterDelay("300ms");
}

export async function silent() {
  const retry = { maximumAttempts: 1 };
  await activitiesWith({ retry, heartbeatTimeout: "500ms" }).heartbeatOnce("last words");
}

export async function unheard() {
  const taskQueue = `${workflowInfo().taskQueue}-nobody`;
  await activitiesWith({ taskQueue, scheduleToStartTimeout: "300ms" }).greet("nobody");
}

export async function completedElsewhere() {
  const cancellationType = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED;
  const options = { cancellationType, heartbeatTimeout: "10s", activityId: "elsewhere" };
  return activitiesWith(options).completeElsewhere();
}

export async function meddledWith() {
  const retry = { initialInterval: "50ms" };
  return activitiesWith({
    retry,
    activityId: "meddled",
    heartbeatTimeout: "1s",
  }).tellCancellation();
}

export async function retriedInAnHour() {
  const retry = { initialInterval: "1h", maximumInterval: "1h" };
  return activitiesWith({ retry, activityId: "meddled" }).succeedAt(2);
}

/** Runs a local activity that succeeds at its third attempt, 50 ms and 100 ms apart. */
export async function localRetry(localRetryThreshold) {
  const local = proxyLocalActivities({
    startToCloseTimeout,
    localRetryThreshold,
    retry: { initialInterval: "50ms" },
  });
  return local.succeedAt(3);
}

export async function localOfSeconds() {
  return proxyLocalActivities({ startToCloseTimeout }).sleepFor("1500ms");
}
