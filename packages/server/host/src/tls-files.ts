import { readFile } from "node:fs/promises";
import type { TlsIdentity, TlsListeners } from "@perdure/frontend/tls";
import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import { SetupError } from "./setup/setup-error.js";

/** Files in PEM that TLS is set up with. */
export interface TlsFiles {
  /** The server's certificate, then those that lead to its authority. */
  readonly certPath: string;
  readonly keyPath: string;
  /** Authorities of the clients' certificates; absent: clients need none. */
  readonly clientCaPath?: string | undefined;
  /** Whether clients must have a certificate when `clientCaPath` is given; true by default. */
  readonly requireClientCertificate?: boolean | undefined;
}

/** How often the files are looked at, milliseconds. */
const CHECK_INTERVAL_MS = 10_000;

/**
 * Reads the files.
 *
 * @throws {SetupError} One of them can't be read; the message names it.
 */
export async function readTlsFiles(files: TlsFiles): Promise<TlsIdentity> {
  const [certificate, privateKey, clientAuthorities] = await Promise.all([
    readPem(files.certPath, "TLS certificate"),
    readPem(files.keyPath, "TLS key"),
    files.clientCaPath === undefined
      ? undefined
      : readPem(files.clientCaPath, "client authorities"),
  ]);
  const isRequired = clientAuthorities !== undefined && files.requireClientCertificate !== false;
  return { certificate, privateKey, clientAuthorities, isClientCertificateRequired: isRequired };
}

async function readPem(path: string, what: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SetupError(`Cannot read the ${what} "${path}": ${reason}`, { cause: error });
  }
  if (text.includes("-----BEGIN ")) return text;
  throw new SetupError(`Cannot read the ${what} "${path}": it is not in PEM`);
}

/** Gives listeners a new identity when the files have changed. */
export class TlsReloader {
  readonly #files: TlsFiles;
  readonly #listeners: TlsListeners;
  readonly #deps: { readonly clock: Clock; readonly logger: Logger };
  #current: string;
  #timer: ScheduledCall | undefined;

  constructor(
    files: TlsFiles,
    made: { readonly listeners: TlsListeners; readonly identity: TlsIdentity },
    deps: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#files = files;
    this.#listeners = made.listeners;
    this.#current = JSON.stringify(made.identity);
    this.#deps = deps;
  }

  /** Looks at the files every ten seconds. */
  start(): void {
    const check = (): void => {
      void this.reload().then(() => {
        if (this.#timer !== undefined) this.start();
      });
    };
    this.#timer = this.#deps.clock.schedule(CHECK_INTERVAL_MS, check);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Looks at the files now. When they are of no use, that is logged and nothing changes. */
  async reload(): Promise<void> {
    const { certPath } = this.#files;
    try {
      const identity = await readTlsFiles(this.#files);
      const text = JSON.stringify(identity);
      if (text === this.#current) return;
      this.#listeners.replace(identity);
      this.#current = text;
      this.#deps.logger.log("info", "TLS certificate replaced", { certPath });
    } catch (error) {
      this.#deps.logger.log("error", "TLS files are of no use; the old ones stay", {
        error,
        certPath,
      });
    }
  }
}
