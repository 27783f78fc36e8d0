/** `npm run differential [-- ...]`: builds what has changed, then runs the differential tool. */
import { ensureBuilt } from "./build.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
  await import("../../conformance/differential/dist/main.js");
});
