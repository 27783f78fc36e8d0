#!/usr/bin/env node
import type { RunningServer } from "@perdure/server";
import { Command } from "commander";
import { type StartOptions, start } from "./start.js";
import { startDev } from "./start-dev.js";
import {
  expandTestServerArguments,
  type StartDevOptions,
  startDevOptions,
} from "./start-dev-options.js";
import type { Terminal } from "./terminal.js";

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** Exit code after a clean stop, after a failure, and for a wrong command line. */
const EXIT = { stopped: 0, failed: 1, usage: 2 } as const;

async function runServer(starting: Promise<RunningServer>): Promise<void> {
  const server = await starting;
  let isStopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    // Who asks twice does not want to wait for calls that are under way.
    if (isStopping) process.exit(EXIT.failed);
    isStopping = true;
    terminal.out(`Stopping (${signal}) ...\n`);
    server.stop().then(
      () => process.exit(EXIT.stopped),
      (error: unknown) => fail(error),
    );
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", () => void server.reload());
}

function fail(error: unknown): never {
  const reason = error instanceof Error ? error.message : String(error);
  terminal.err(`Error: ${reason}\n`);
  process.exit(EXIT.failed);
}

const program = new Command("perdure")
  .description("Durable execution that speaks the Temporal API")
  .version("0.1.0")
  .exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.stopped : EXIT.usage));
const serverCommand = program.command("server").description("Run a server");
const startDevCommand = serverCommand
  .command("start-dev")
  .description("Run a development server on this machine");
for (const option of startDevOptions()) startDevCommand.addOption(option);
startDevCommand.action((options: StartDevOptions) =>
  runServer(startDev(options, terminal)).catch(fail),
);
serverCommand
  .command("start")
  .description("Run a server as a configuration file says")
  .requiredOption("--config <path>", "Configuration in YAML.")
  .action((options: StartOptions) => runServer(start(options, terminal)).catch(fail));
await program.parseAsync([...expandTestServerArguments(process.argv.slice(2))], { from: "user" });
