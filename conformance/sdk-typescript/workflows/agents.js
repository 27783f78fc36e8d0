import { proxyActivities } from "@temporalio/workflow";

const { askModel } = proxyActivities({ startToCloseTimeout: "1m" });

/** Asks a model so many times, each time with the whole conversation. */
export async function agent({ callCount, opening }) {
  const messages = [{ role: "system", content: opening }];
  for (let call = 0; call < callCount; call++) {
    messages.push({ role: "assistant", content: await askModel(messages) });
  }
  return messages.at(-1).content;
}
