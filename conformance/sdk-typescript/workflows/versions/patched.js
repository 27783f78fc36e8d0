import { patched, sleep } from "@temporalio/workflow";
import { proceed } from "./shared.js";

/** The code that was changed: what runs already keeps to the old way. */
export async function versioned() {
  const isNew = patched("greeting");
  if (!isNew) await sleep("10ms");
  await proceed();
  return isNew ? "new" : "old";
}
