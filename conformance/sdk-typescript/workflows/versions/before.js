import { sleep } from "@temporalio/workflow";
import { proceed } from "./shared.js";

/** The code before it was changed. */
export async function versioned() {
  await sleep("10ms");
  await proceed();
  return "old";
}
