/** `npm start`: installs and builds what is missing, then becomes the development server. */
import { pathToFileURL } from "node:url";
import { ensureBuilt } from "./build.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";
import { serverArguments } from "./server-arguments.mjs";
import { passEachSignalOnce } from "./signals.mjs";
import { CLI_BUNDLE } from "./workspace.mjs";

await runMain(async (args) => {
  await ensureInstalled();
  await ensureBuilt();
  passEachSignalOnce();
  // The server runs in this very process: its signals, exit status and output need no relay.
  process.argv = [process.execPath, CLI_BUNDLE, ...serverArguments(args)];
  await import(pathToFileURL(CLI_BUNDLE).href);
});
