import { readValue } from "./setting-value.js";
import { DEFAULT_SETTINGS, type DynamicSettings, findSetting, type Setting } from "./settings.js";

/** A value, and what it is for. */
export interface ConstrainedValue {
  readonly value: unknown;
  /** Such as `namespace`; empty: for everything. */
  readonly constraints: ReadonlyMap<string, unknown>;
}

/** Dynamic configuration as it is written: values by key. */
export type SettingTexts = ReadonlyMap<string, readonly ConstrainedValue[]>;

/** What dynamic configuration comes to. */
export interface ReadSettings {
  readonly settings: DynamicSettings;
  /** Settings of namespaces that have some of their own, whole, by name. */
  readonly namespaces: ReadonlyMap<string, DynamicSettings>;
  /** What is wrong with it. */
  readonly errors: readonly string[];
  /** What of it means nothing here. */
  readonly warnings: readonly string[];
}

type Changes = Partial<Record<keyof DynamicSettings, unknown>>;

/** Reads dynamic configuration. A key that comes twice, in different case, has its last values. */
export function readSettings(texts: SettingTexts): ReadSettings {
  const reader = new SettingsReader();
  for (const [key, values] of texts) reader.read(key, values);
  return reader.end();
}

class SettingsReader {
  readonly #errors: string[] = [];
  readonly #warnings: string[] = [];
  readonly #changes: Changes = {};
  readonly #namespaces = new Map<string, Changes>();

  read(key: string, values: readonly ConstrainedValue[]): void {
    const setting = findSetting(key);
    if (setting === undefined) {
      this.#warnings.push(`"${key}" has no meaning here and is ignored`);
      return;
    }
    for (const { value, constraints } of values) this.#readValue(setting, value, constraints);
  }

  end(): ReadSettings {
    const settings = { ...DEFAULT_SETTINGS, ...this.#changes } as DynamicSettings;
    const namespaces = new Map<string, DynamicSettings>();
    for (const [name, changes] of this.#namespaces) {
      namespaces.set(name, { ...settings, ...changes } as DynamicSettings);
    }
    return { settings, namespaces, errors: this.#errors, warnings: this.#warnings };
  }

  #readValue(
    { key, field, kind, isPerNamespace }: Setting,
    value: unknown,
    constraints: ReadonlyMap<string, unknown>,
  ): void {
    const read = readValue(kind, value);
    if (read.kind === "wrong") {
      this.#errors.push(`"${key}" must be ${read.wanted}, not ${JSON.stringify(value)}`);
      return;
    }
    const target = this.#target(key, isPerNamespace, constraints);
    if (target !== undefined) target[field] = read.value;
  }

  /** Where a value goes; `undefined`: nowhere. */
  #target(
    key: string,
    isPerNamespace: boolean,
    constraints: ReadonlyMap<string, unknown>,
  ): Changes | undefined {
    if (constraints.size === 0) return this.#changes;
    const namespace = constraints.get("namespace");
    const names = [...constraints.keys()].join(", ");
    if (!isPerNamespace || constraints.size > 1 || namespace === undefined) {
      this.#warnings.push(`"${key}" with constraint ${names} has no meaning here and is ignored`);
      return undefined;
    }
    if (typeof namespace !== "string" || namespace === "") {
      this.#errors.push(`"${key}": constraint namespace must be a name`);
      return undefined;
    }
    const known = this.#namespaces.get(namespace) ?? {};
    this.#namespaces.set(namespace, known);
    return known;
  }
}

const NO_CONSTRAINTS: ReadonlyMap<string, unknown> = new Map();

/** Values that hold everywhere, by key. */
export function plainTexts(values: ReadonlyMap<string, unknown>): SettingTexts {
  return new Map(
    [...values].map(([key, value]) => [key, [{ value, constraints: NO_CONSTRAINTS }]]),
  );
}
