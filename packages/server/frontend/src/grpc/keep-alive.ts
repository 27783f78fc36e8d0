import { type Clock, DeadlineWheel } from "@perdure/kernel";

/** How vanished clients are found. */
export interface KeepAliveLimits {
  /** Time between two pings of a connection, milliseconds. */
  readonly intervalMs: number;
  /** How long a client has for the answer, milliseconds. */
  readonly timeoutMs: number;
}

/** A connection that can be pinged. */
export interface PingedConnection {
  /** Calls `onAnswer` when the client answers; never when it does not. */
  ping(onAnswer: () => void): void;
  destroy(): void;
}

/**
 * Ends connections whose client has vanished without closing them: a poll that waits on one would
 * be given a task that nobody receives. All connections share the timer of one wheel.
 */
export class KeepAlive {
  readonly #limits: KeepAliveLimits;
  readonly #wheel: DeadlineWheel<() => void>;
  /** Takes back what is due next of each connection. */
  readonly #forgets = new Map<PingedConnection, () => void>();

  constructor(clock: Clock, limits: KeepAliveLimits) {
    this.#limits = limits;
    // A client must not seem to have vanished because time was skipped.
    this.#wheel = new DeadlineWheel(clock.skipping?.real ?? clock, (act) => act());
  }

  /** Pings the client from now on, until `forget`. */
  watch(connection: PingedConnection): void {
    const { intervalMs, timeoutMs } = this.#limits;
    const wait = (): void => this.#schedule(connection, ping, intervalMs);
    const ping = (): void => {
      this.#schedule(connection, () => connection.destroy(), timeoutMs);
      connection.ping(() => {
        if (!this.#forgets.has(connection)) return;
        this.#forgets.get(connection)?.();
        wait();
      });
    };
    wait();
  }

  /** The connection is over. */
  forget(connection: PingedConnection): void {
    this.#forgets.get(connection)?.();
    this.#forgets.delete(connection);
  }

  stop(): void {
    this.#wheel.stop();
    this.#forgets.clear();
  }

  #schedule(connection: PingedConnection, act: () => void, delayMs: number): void {
    this.#forgets.set(connection, this.#wheel.add(act, delayMs));
  }
}
