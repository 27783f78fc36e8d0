import { sleep } from "@temporalio/workflow";

/** Returns how many milliseconds have passed. */
export async function sleeps(spanMs) {
  const startedMs = Date.now();
  await sleep(spanMs);
  return Date.now() - startedMs;
}
