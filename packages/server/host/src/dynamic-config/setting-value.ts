import { readCallbackAddresses } from "./callback-addresses.js";
import type { DynamicSettings, SettingKind } from "./settings.js";

type SettingValue = DynamicSettings[keyof DynamicSettings];

/** A value, or what it should have been. */
export type ReadValue =
  | { readonly kind: "value"; readonly value: SettingValue }
  | { readonly kind: "wrong"; readonly wanted: string };

/** Reads a value of a setting. */
export function readValue(kind: SettingKind, value: unknown): ReadValue {
  switch (kind) {
    case "count":
      return checked(isCount(value) ? value : undefined, "a whole number that is not negative");
    case "ratio":
      return checked(isRatio(value) ? value : undefined, "a number greater than 0");
    case "duration":
      return checked(readDurationMs(value), 'a time such as "10s", "1m30s" or 10 (seconds)');
    case "switch":
      return checked(SWITCH.get(value), "true or false");
    case "addresses":
      return checked(Array.isArray(value) ? readCallbackAddresses(value) : undefined, "a list");
  }
}

function checked(value: SettingValue | undefined, wanted: string): ReadValue {
  return value === undefined ? { kind: "wrong", wanted } : { kind: "value", value };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isRatio(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value > 0;
}

const SWITCH: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ["true", true],
  ["false", false],
]);

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** A number is of seconds; a text has parts with units, like `1h30m`. */
function readDurationMs(value: unknown): number | undefined {
  if (typeof value === "number") return value >= 0 ? value * 1000 : undefined;
  const text = String(value);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let durationMs = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    durationMs += Number(count) * (UNIT_MS.get(unit ?? "") ?? 0);
  }
  return durationMs;
}
