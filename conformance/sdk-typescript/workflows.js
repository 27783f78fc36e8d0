import {
  ActivityCancellationType,
  ApplicationFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  defineUpdate,
  isCancellation,
  patched,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  sleep,
  uuid4,
  workflowInfo,
} from "@temporalio/workflow";

const { greet, succeedAt, countWithHeartbeats, refuse, bookStep } = proxyActivities({
  startToCloseTimeout: "10s",
  heartbeatTimeout: "5s",
  retry: { initialInterval: "50ms" },
});
const local = proxyLocalActivities({ startToCloseTimeout: "5s" });

export async function hello(name) {
  return greet(name);
}

export async function timer(milliseconds) {
  await sleep(milliseconds);
  return "rang";
}

export const addSignal = defineSignal("add");
export const itemsQuery = defineQuery("items");

export async function collect(count) {
  const items = [];
  setHandler(addSignal, (item) => void items.push(item));
  setHandler(itemsQuery, () => items);
  await condition(() => items.length >= count);
  return items;
}

export async function retry() {
  return succeedAt(3);
}

export async function heartbeat() {
  return countWithHeartbeats(6);
}

export async function countDown(left) {
  if (left > 0) await continueAsNew(left - 1);
  return workflowInfo().continuedFromExecutionRunId !== undefined;
}

export async function saga() {
  const compensations = [];
  try {
    for (const step of ["car", "hotel"]) {
      await bookStep(`book ${step}`);
      compensations.unshift(() => bookStep(`cancel ${step}`));
    }
    await refuse();
  } catch (error) {
    for (const compensate of compensations) await compensate();
    throw error;
  }
}

const cancellable = proxyActivities({
  startToCloseTimeout: "30s",
  heartbeatTimeout: "2s",
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
});

export async function cleanUp() {
  try {
    await cancellable.waitForCancellation();
  } catch (error) {
    if (!isCancellation(error)) throw error;
    await CancellationScope.nonCancellable(() => greet("cleaner"));
    throw error;
  }
}

const hasty = proxyActivities({ startToCloseTimeout: "300ms", retry: { maximumAttempts: 1 } });

export async function timeOut() {
  await hasty.sleepLong();
}

export async function various() {
  const isPatched = patched("one");
  const id = uuid4();
  return { greeting: await local.greet("local"), isPatched, hasId: id.length === 36 };
}

export {
  cancelOther,
  child,
  parent,
  parentThatCancels,
  parentThatLeaves,
  parentWithSameChildTwice,
  signalNobody,
  signalOther,
} from "./child-workflows.js";
export const bookUpdate = defineUpdate("book");
export const moveOnUpdate = defineUpdate("moveOn");

/** Takes bookings by update; a validator refuses empty ones, and "moveOn" continues as new. */
export async function bookings(booked = []) {
  let isMovingOn = false;
  setHandler(
    bookUpdate,
    async (item) => {
      const greeting = await greet(item);
      booked.push(item);
      return `${greeting} ${booked.length}`;
    },
    {
      validator: (item) => {
        if (item === "") throw ApplicationFailure.create({ message: "empty", type: "Empty" });
      },
    },
  );
  setHandler(moveOnUpdate, () => {
    isMovingOn = true;
    return "moving on";
  });
  setHandler(itemsQuery, () => booked);
  await condition(() => isMovingOn || booked.includes("last"));
  await condition(allHandlersFinished);
  if (isMovingOn) await continueAsNew(booked);
  return booked;
}

export {
  completedElsewhere,
  delayedRetry,
  localOfSeconds,
  localRetry,
  meddledWith,
  neverRetry,
  retriedInAnHour,
  retryAtMost,
  silent,
  unheard,
} from "./workflows/activities.js";
export {
  cancelledTimer,
  hurriedActivity,
  impatient,
  manyTimers,
  shielded,
} from "./workflows/scopes.js";
export { countRuns, failUntil } from "./workflows/starts.js";
export { account } from "./workflows/updates.js";
export { describeItself } from "./workflows/visibility.js";
export { held, steps } from "./workflows/workers.js";
