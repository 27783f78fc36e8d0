import { readFile } from "node:fs/promises";
import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import { createLocalJWKSet, type JSONWebKeySet, type LocalJWKSet } from "jose";
import { z } from "zod";

/** Keys that tokens name and that are not known are looked for this often at most, milliseconds. */
const UNKNOWN_KEY_INTERVAL_MS = 10_000;
const FETCH_TIMEOUT_MS = 10_000;

const keySet = z.looseObject({ keys: z.array(z.looseObject({ kty: z.string() })) });

export interface KeySetOptions {
  /** `https:`, `http:`, `file:` or a path. */
  readonly sources: readonly string[];
  readonly refreshIntervalMs: number;
  /** The keys have changed. */
  readonly onChange: () => void;
}

/**
 * Public keys that tokens are signed with, read again and again. A source that cannot be read
 * leaves its last keys in force.
 */
export class KeySet {
  readonly #options: KeySetOptions;
  readonly #deps: { readonly clock: Clock; readonly logger: Logger };
  readonly #keysOf = new Map<string, JSONWebKeySet["keys"]>();
  #keys: LocalJWKSet = createLocalJWKSet({ keys: [] });
  #text = "";
  #timer: ScheduledCall | undefined;
  #loading: Promise<void> | undefined;
  #lookedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: KeySetOptions, deps: { readonly clock: Clock; readonly logger: Logger }) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Finds the key of a token. */
  get keys(): LocalJWKSet {
    return this.#keys;
  }

  /** Reads the keys, and again after each interval. */
  async start(): Promise<void> {
    await this.load();
    const again = (): void => {
      void this.load().then(() => {
        if (this.#timer !== undefined) schedule();
      });
    };
    const schedule = (): void => {
      this.#timer = this.#deps.clock.schedule(this.#options.refreshIntervalMs, again);
    };
    schedule();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Reads the keys now, unless that is under way already. Never rejects. */
  load(): Promise<void> {
    this.#lookedAtMs = this.#deps.clock.nowMs();
    this.#loading ??= this.#load().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  /** Reads the keys for a token whose key is not known; whether it was time for that. */
  async loadForUnknownKey(): Promise<boolean> {
    const agoMs = this.#deps.clock.nowMs() - this.#lookedAtMs;
    if (this.#loading === undefined && agoMs < UNKNOWN_KEY_INTERVAL_MS) return false;
    await this.load();
    return true;
  }

  async #load(): Promise<void> {
    await Promise.all(this.#options.sources.map(async (source) => await this.#read(source)));
    const keys = [...this.#keysOf.values()].flat();
    const text = JSON.stringify(keys);
    if (text === this.#text) return;
    this.#text = text;
    this.#keys = createLocalJWKSet({ keys });
    this.#options.onChange();
  }

  async #read(source: string): Promise<void> {
    try {
      const { keys } = keySet.parse(JSON.parse(await readText(source)));
      this.#keysOf.set(source, keys as JSONWebKeySet["keys"]);
    } catch (error) {
      const message = "Cannot read the keys of tokens; the last ones stay in force";
      this.#deps.logger.log("error", message, { source, error });
    }
  }
}

async function readText(source: string): Promise<string> {
  if (/^https?:/i.test(source)) {
    const response = await fetch(source, { signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) });
    if (!response.ok) throw new KeySourceError(`The answer has status ${response.status}`);
    return await response.text();
  }
  return await readFile(/^file:/i.test(source) ? new URL(source) : source, "utf8");
}

class KeySourceError extends Error {
  override readonly name = "KeySourceError";
}
