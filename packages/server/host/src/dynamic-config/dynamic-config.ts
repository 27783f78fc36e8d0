import { readFile, stat } from "node:fs/promises";
import type { Clock, Logger, ScheduledCall } from "@perdure/kernel";
import { SetupError } from "../setup/setup-error.js";
import { LiveSettings } from "./live-settings.js";
import { plainTexts, type ReadSettings, readSettings, type SettingTexts } from "./read-settings.js";

/** Where dynamic configuration comes from. */
export interface DynamicConfigSources {
  /** Values that hold everywhere, by key. */
  readonly values?: ReadonlyMap<string, unknown> | undefined;
  /** A file in the official form. Its values go before the others; it is read when it changes. */
  readonly path?: string | undefined;
}

/** How often the file is looked at, milliseconds. */
const CHECK_INTERVAL_MS = 5_000;

/** Dynamic configuration, which is read again when its file changes. */
export class DynamicConfig {
  readonly settings = new LiveSettings();
  readonly #sources: DynamicConfigSources;
  readonly #deps: { readonly clock: Clock; readonly logger: Logger };
  #readAt = "";
  #timer: ScheduledCall | undefined;

  constructor(
    sources: DynamicConfigSources,
    deps: { readonly clock: Clock; readonly logger: Logger },
  ) {
    this.#sources = sources;
    this.#deps = deps;
  }

  /**
   * Reads everything, and goes on looking at the file.
   *
   * @throws {SetupError} Something is wrong with it; the message names the keys.
   */
  async start(): Promise<void> {
    this.#readAt = await this.#fileState();
    this.#apply(await this.#read());
    if (this.#sources.path !== undefined) this.#watch();
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Reads the file if it has changed. What is wrong with it is logged and changes nothing. */
  async reload(): Promise<void> {
    const { path } = this.#sources;
    if (path === undefined) return;
    try {
      const state = await this.#fileState();
      if (state === this.#readAt) return;
      this.#readAt = state;
      this.#apply(await this.#read());
      this.#deps.logger.log("info", "Dynamic configuration replaced", { path });
    } catch (error) {
      const message = "The dynamic configuration is of no use; the old one stays";
      this.#deps.logger.log("error", message, { path, error });
    }
  }

  #watch(): void {
    const check = (): void => {
      void this.reload().then(() => {
        if (this.#timer !== undefined) this.#watch();
      });
    };
    this.#timer = this.#deps.clock.schedule(CHECK_INTERVAL_MS, check);
  }

  async #read(): Promise<ReadSettings> {
    const { values = new Map(), path } = this.#sources;
    const inFile: SettingTexts = path === undefined ? new Map() : await readTexts(path);
    // What the file has of a key goes before what is said elsewhere, value by value.
    const texts = new Map(plainTexts(values));
    for (const [key, list] of inFile) texts.set(key, [...(texts.get(key) ?? []), ...list]);
    return readSettings(texts);
  }

  #apply(read: ReadSettings): void {
    const problems = read.errors.map((error) => `\n  ${error}`).join("");
    if (problems !== "") throw new SetupError(`Cannot use the dynamic configuration:${problems}`);
    for (const warning of read.warnings) {
      this.#deps.logger.log("warn", `Dynamic configuration key ${warning}`);
    }
    this.settings.replace(read);
  }

  async #fileState(): Promise<string> {
    const { path } = this.#sources;
    if (path === undefined) return "";
    try {
      const { mtimeMs, size, ino } = await stat(path);
      return `${mtimeMs} ${size} ${ino}`;
    } catch (error) {
      throw unreadable(path, error);
    }
  }
}

async function readTexts(path: string): Promise<SettingTexts> {
  const { parseSettingTexts } = await import("./setting-texts.js");
  return parseSettingTexts(await readText(path), path);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): SetupError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SetupError(`Cannot read the dynamic configuration "${path}": ${reason}`, { cause });
}
