import type { ServerHttp2Session } from "node:http2";
import { type Clock, DeadlineWheel } from "@perdure/kernel";

/** How vanished clients are found. */
export interface KeepAliveLimits {
  /** Time between two pings of a connection, milliseconds. */
  readonly intervalMs: number;
  /** How long a client has for the answer, milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Ends connections whose client has vanished without closing them: a poll that waits on one would
 * be given a task that nobody receives. All connections share the timer of one wheel.
 */
export class KeepAlive {
  readonly #limits: KeepAliveLimits;
  readonly #wheel: DeadlineWheel<() => void>;

  constructor(clock: Clock, limits: KeepAliveLimits) {
    this.#limits = limits;
    this.#wheel = new DeadlineWheel(clock, (act) => act());
  }

  /** Pings the client from now on until the connection closes. */
  watch(session: ServerHttp2Session): void {
    let forget: () => void = () => undefined;
    const wait = (): void => {
      forget = this.#wheel.add(ping, this.#limits.intervalMs);
    };
    const ping = (): void => {
      forget = this.#wheel.add(() => session.destroy(), this.#limits.timeoutMs);
      session.ping((error) => {
        forget();
        if (error === null && !session.destroyed) wait();
      });
    };
    session.on("close", () => forget());
    wait();
  }

  stop(): void {
    this.#wheel.stop();
  }
}
