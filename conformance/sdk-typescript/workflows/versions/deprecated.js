import { deprecatePatch } from "@temporalio/workflow";
import { proceedAfter } from "./shared.js";

/** The code once nothing runs the old way any more. */
export async function versioned() {
  deprecatePatch("greeting");
  await proceedAfter(undefined);
  return "new";
}
