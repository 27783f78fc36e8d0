/** Runs other programs. */
import { spawn } from "node:child_process";
import { ROOT } from "./workspace.mjs";

/** A program that this tool needs has failed; its output has been shown or is in `output`. */
export class CommandError extends Error {
  constructor(message, output = "") {
    super(message);
    this.name = "CommandError";
    this.output = output;
  }
}

/**
 * Runs a program in the repository's folder and waits for its end.
 *
 * @param {readonly string[]} command - The program and its arguments.
 * @param {{ env?: Record<string, string>, isShown?: boolean, timeoutMs?: number }} [options] -
 *   `env` is added to this process's own; `isShown` passes output through instead of keeping it.
 * @returns {Promise<{ exitCode: number, output: string }>} A signal or a timeout gives 128 or more.
 */
export function runCommand(command, options = {}) {
  const { env = {}, isShown = false, timeoutMs } = options;
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: isShown ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
      detached: true,
    });
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    const stop = followLife(child, timeoutMs, (reason) => chunks.push(Buffer.from(reason)));
    const finish = (exitCode) => {
      stop();
      resolve({ exitCode, output: Buffer.concat(chunks).toString() });
    };
    child.on("error", (error) => {
      chunks.push(Buffer.from(`Cannot start "${program}": ${error.message}\n`));
      finish(127);
    });
    child.on("close", (code) => finish(code ?? 128));
  });
}

/** Runs a program that must succeed. @throws {CommandError} With the output, when it does not. */
export async function requireCommand(command, options) {
  const { exitCode, output } = await runCommand(command, options);
  if (exitCode === 0) return output;
  throw new CommandError(`"${command.join(" ")}" ended with exit status ${exitCode}`, output);
}

/** Ends the program and all that it started, when this process ends or the time is over. */
function followLife(child, timeoutMs, onTimeout) {
  const kill = () => {
    try {
      // The program leads a process group of its own, so nothing that it started is left behind.
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    } catch {
      // The group has ended already.
    }
  };
  const interrupt = () => {
    kill();
    process.exit(130);
  };
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          onTimeout(`\nStopped: still running after ${timeoutMs / 1000} s\n`);
          kill();
        }, timeoutMs);
  process.on("exit", kill);
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return () => {
    clearTimeout(timer);
    kill();
    process.off("exit", kill);
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  };
}
