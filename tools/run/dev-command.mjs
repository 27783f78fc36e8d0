/** `npm run dev`: the development server, built and started again whenever a source changes. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { ensureBuilt } from "./build.mjs";
import { runMain } from "./command-line.mjs";
import { ensureInstalled } from "./ensure-installed.mjs";
import { CommandError } from "./run-command.mjs";
import { serverArguments } from "./server-arguments.mjs";
import { CLI_BUNDLE, inRoot, ROOT } from "./workspace.mjs";

/** Editors and version control write many files in one go. */
const QUIET_MS = 150;
const SOURCE = /\.(m?[jt]sx?|json|proto|css)$/;
const OUTPUT = /(^|[/\\])(dist|node_modules|\.cache)([/\\]|$)/;

await runMain(async (args) => {
  await ensureInstalled();
  const changes = watchSources();
  let server;
  const stop = async () => {
    await stopServer(server);
    process.exit(0);
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  while (true) {
    const isBuilt = await tryToBuild();
    if (isBuilt) {
      await stopServer(server);
      server = startServer(args);
    }
    await changes.next();
  }
});

async function tryToBuild() {
  try {
    await ensureBuilt();
    return true;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(`${error.output}\n${error.message}; waiting for a change`);
    return false;
  }
}

function startServer(args) {
  const command = [CLI_BUNDLE, ...serverArguments(args)];
  // In a group of its own, so that Ctrl-C reaches it through this process only, and once.
  return spawn(process.execPath, command, { cwd: ROOT, stdio: "inherit", detached: true });
}

async function stopServer(server) {
  if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
  server.kill("SIGTERM");
  await once(server, "exit");
}

/** Returns a queue whose `next()` resolves once sources have changed and then been left alone. */
function watchSources() {
  let notify = () => {};
  let hasChanged = false;
  let timer;
  watch(inRoot("packages"), { recursive: true }, (_event, file) => {
    if (file === null || OUTPUT.test(file) || !SOURCE.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(() => {
      hasChanged = true;
      notify();
    }, QUIET_MS);
  });
  return {
    async next() {
      if (!hasChanged) await new Promise((resolve) => (notify = resolve));
      hasChanged = false;
    },
  };
}
