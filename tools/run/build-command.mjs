/** `npm run build` */
import { ensureBuilt } from "./build.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";

await runMain(async () => {
  await ensureInstalled();
  await ensureBuilt();
});
