/** A server of a suite, and what ends it. */
export interface TemporaryServer {
  readonly address: string;
  readonly httpAddress: string;
  stop(): Promise<void>;
}

export function freePort(): Promise<number>;

export function temporaryServer(flags?: readonly string[]): Promise<TemporaryServer>;
