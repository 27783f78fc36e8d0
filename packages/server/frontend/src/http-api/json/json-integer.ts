/** Digits of the largest 64-bit number. */
const DIGITS_MAX = 20;

const NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/**
 * Reads an integer of a JSON number, which may be written like `1.50e2`. `undefined`: it is none,
 * or has more digits than 64 bits hold.
 */
export function integerOf(raw: string): bigint | undefined {
  const [, sign, digits = "", fraction = "", exponent = "0"] = NUMBER.exec(raw) ?? [];
  if (sign === undefined) return undefined;
  const kept = fraction.replace(/0+$/, "");
  const shift = Number(exponent) - kept.length;
  const all = `${digits}${kept}`.replace(/^0+/, "");
  if (all === "") return 0n;
  if (shift >= 0) {
    if (all.length + shift > DIGITS_MAX) return undefined;
    return BigInt(`${sign}${all}${"0".repeat(shift)}`);
  }
  const cut = all.slice(shift);
  if (-shift > all.length || /[^0]/.test(cut)) return undefined;
  return BigInt(`${sign}${all.slice(0, shift) || "0"}`);
}

const LIMITS = {
  32: { min: -(2n ** 31n), max: 2n ** 31n - 1n, unsignedMax: 2n ** 32n - 1n },
  64: { min: -(2n ** 63n), max: 2n ** 63n - 1n, unsignedMax: 2n ** 64n - 1n },
} as const;

/** How wide an integer type is. */
export interface IntegerWidth {
  readonly bits: 32 | 64;
  readonly isSigned: boolean;
}

/** Whether an integer has a place in a type. */
export function fitsInto(value: bigint, { bits, isSigned }: IntegerWidth): boolean {
  const { min, max, unsignedMax } = LIMITS[bits];
  return isSigned ? value >= min && value <= max : value >= 0n && value <= unsignedMax;
}
