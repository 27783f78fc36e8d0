import { InvalidArgumentError } from "@perdure/kernel";
import type { VisibilityPlace } from "./visibility-value.js";

/** Encodes the place of a page's last row; the next page holds what comes after it. */
export function encodeVisibilityCursor(place: VisibilityPlace): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(place));
}

/**
 * Reads a cursor, which comes back from a client.
 *
 * @param termCount - Number of terms of the order that the cursor must have been made for.
 * @throws {InvalidArgumentError} When `cursor` is none that the store gave out for such an order.
 */
export function decodeVisibilityCursor(cursor: Uint8Array, termCount: number): VisibilityPlace {
  const place = parseJson(new TextDecoder().decode(cursor));
  if (Array.isArray(place) && place.length === termCount && place.every(isPlaceValue)) {
    return place;
  }
  throw new InvalidArgumentError("Cannot continue the list: the page token is not of this query");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPlaceValue(value: unknown): value is string | number | null {
  return value === null || typeof value === "string" || typeof value === "number";
}
