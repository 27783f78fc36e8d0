#!/usr/bin/env node
import { Command } from "commander";
import { startDev, type Terminal } from "./start-dev.js";
import { type StartDevOptions, startDevOptions } from "./start-dev-options.js";

const terminal: Terminal = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** Exit code after a clean stop, after a failure, and for a wrong command line. */
const EXIT = { stopped: 0, failed: 1, usage: 2 } as const;

async function runServer(options: StartDevOptions): Promise<void> {
  const server = await startDev(options, terminal);
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
const startDevCommand = program
  .command("server")
  .description("Run a server")
  .command("start-dev")
  .description("Run a development server on this machine");
for (const option of startDevOptions()) startDevCommand.addOption(option);
startDevCommand.action((options: StartDevOptions) => runServer(options).catch(fail));
await program.parseAsync(process.argv);
