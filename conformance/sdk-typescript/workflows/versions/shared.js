import { condition, defineQuery, defineSignal, setHandler } from "@temporalio/workflow";

export const proceedSignal = defineSignal("proceed");
export const isWaitingQuery = defineQuery("isWaiting");

/** Resolves when the test signals. */
export async function proceed() {
  let isAllowed = false;
  setHandler(proceedSignal, () => {
    isAllowed = true;
  });
  setHandler(isWaitingQuery, () => !isAllowed);
  await condition(() => isAllowed);
}
