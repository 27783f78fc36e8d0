import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../started-server/started-server.mjs";
import { GrpcCaller } from "../wire/grpc-caller.js";

/** A server process of this suite. */
export interface StartedServer {
  readonly address: string;
  readonly httpAddress: string;
  /** Ends the process and waits for its end. */
  stop(): Promise<void>;
}

export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
}

const START_TIMEOUT_MS = 30_000;

/** Runs `<program> server start-dev` with `flags` on a free port and waits until it answers. */
export async function startServer(
  program: string,
  flags: readonly string[],
): Promise<StartedServer> {
  const [port, httpPort] = await Promise.all([freePort(), freePort()]);
  const address = `127.0.0.1:${port}`;
  const httpAddress = `127.0.0.1:${httpPort}`;
  const ports = ["--port", String(port), "--http-port", String(httpPort)];
  const place = ["--ip", "127.0.0.1", ...ports, "--headless"];
  const child = spawn(program, ["server", "start-dev", ...place, ...flags], {
    stdio: ["ignore", "ignore", "pipe"],
  });
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
  const failure = await Promise.race([answers(address), exited]);
  if (failure === undefined) return { address, httpAddress, stop };
  await stop();
  throw new ServerStartError(`Cannot start "${program}": ${failure}\n${stderr}`);
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
