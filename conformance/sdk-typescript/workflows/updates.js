import {
  ApplicationFailure,
  allHandlersFinished,
  condition,
  defineSignal,
  defineUpdate,
  proxyActivities,
  setHandler,
} from "@temporalio/workflow";

const { greet } = proxyActivities({ startToCloseTimeout: "10s" });

export const depositUpdate = defineUpdate("deposit");
export const depositLaterUpdate = defineUpdate("depositLater");
export const greetOwnerUpdate = defineUpdate("greetOwner");
export const releaseSignal = defineSignal("release");
export const finishSignal = defineSignal("finish");
export const abandonSignal = defineSignal("abandon");

/** Keeps a balance that updates change, until it is told to finish. */
export async function account(opening) {
  let balance = opening;
  let isReleased = false;
  let end;
  const deposit = (amount) => {
    if (amount === 13) throw ApplicationFailure.nonRetryable("unlucky", "Unlucky");
    balance += amount;
    return balance;
  };
  const validator = (amount) => {
    if (amount < 0) throw ApplicationFailure.nonRetryable("negative deposit");
  };
  setHandler(depositUpdate, deposit, { validator });
  setHandler(depositLaterUpdate, async (amount) => {
    await condition(() => isReleased);
    return deposit(amount);
  });
  setHandler(greetOwnerUpdate, (name) => greet(name));
  setHandler(releaseSignal, () => {
    isReleased = true;
  });
  setHandler(finishSignal, () => {
    end = "finish";
  });
  setHandler(abandonSignal, () => {
    end = "abandon";
  });
  await condition(() => end === "abandon" || (end === "finish" && allHandlersFinished()));
  return balance;
}
