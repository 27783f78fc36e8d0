import { spawn } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { GrpcCaller } from "../wire/grpc-caller.js";

/** A server process of this suite. */
export interface StartedServer {
  readonly address: string;
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
}

/** Both servers are started with these, so that scenarios may use them. */
const START_DEV_FLAGS = [
  "--ip",
  "127.0.0.1",
  "--headless",
  "--search-attribute",
  "DiffKeyword=Keyword",
  "--search-attribute",
  "DiffInt=Int",
];

const START_TIMEOUT_MS = 30_000;

/** Runs `<command> server start-dev` on a free port and waits until it answers. */
export async function startServer(command: readonly string[]): Promise<StartedServer> {
  const port = await freePort();
  const [program = "", ...leading] = command;
  const args = [...leading, "server", "start-dev", "--port", String(port), ...START_DEV_FLAGS];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4000);
  });
  const exited = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(`ended with ${signal ?? code}`));
  });
  const stop = async (): Promise<void> => {
    child.kill("SIGTERM");
    const isLate = sleep(10_000, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
    await Promise.race([exited, isLate]);
    await exited;
  };
  const address = `127.0.0.1:${port}`;
  const failure = await Promise.race([answers(address), exited]);
  if (failure === undefined) return { address, stop };
  await stop();
  throw new ServerStartError(`Cannot start "${command.join(" ")}": ${failure}\n${stderr}`);
}

/** Resolves with undefined once the default namespace is there, else with what is wrong. */
async function answers(address: string): Promise<string | undefined> {
  const caller = new GrpcCaller(address);
  try {
    await caller.ready(START_TIMEOUT_MS);
    const giveUpAtMs = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < giveUpAtMs) {
      const outcome = await caller.call("DescribeNamespace", { namespace: "default" }, 5000);
      if (outcome.kind === "response") return undefined;
      await sleep(50);
    }
    return "the default namespace did not appear";
  } catch (error) {
    return String(error);
  } finally {
    caller.close();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
