import { condition, defineQuery, defineSignal, setHandler } from "@temporalio/workflow";

export const proceedSignal = defineSignal("proceed");
export const isWaitingQuery = defineQuery("isWaiting");

/** Resolves when the test signals, after what comes first. */
export async function proceedAfter(first) {
  let isWaiting = false;
  let isAllowed = false;
  setHandler(proceedSignal, () => {
    isAllowed = true;
  });
  setHandler(isWaitingQuery, () => isWaiting);
  await first;
  isWaiting = true;
  await condition(() => isAllowed);
}
