import {
  condition,
  defineQuery,
  defineSignal,
  proxyActivities,
  setHandler,
} from "@temporalio/workflow";

const { holdUntilReleased } = proxyActivities({ startToCloseTimeout: "20s" });

export const stepSignal = defineSignal("step");
export const takenQuery = defineQuery("taken");

/** Collects as many steps as it is told to. */
export async function steps(count) {
  const taken = [];
  setHandler(stepSignal, (step) => void taken.push(step));
  setHandler(takenQuery, () => taken);
  await condition(() => taken.length >= count);
  return taken;
}

export async function held() {
  return holdUntilReleased();
}
