import { patched, sleep } from "@temporalio/workflow";
import { proceedAfter } from "./shared.js";

/** The code that was changed: what runs already keeps to the old way. */
export async function versioned() {
  const isNew = patched("greeting");
  await proceedAfter(isNew ? undefined : sleep("10ms"));
  return isNew ? "new" : "old";
}
