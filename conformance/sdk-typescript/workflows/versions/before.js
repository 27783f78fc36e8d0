import { sleep } from "@temporalio/workflow";
import { proceedAfter } from "./shared.js";

/** The code before it was changed. */
export async function versioned() {
  await proceedAfter(sleep("10ms"));
  return "old";
}
