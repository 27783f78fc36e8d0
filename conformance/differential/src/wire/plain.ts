/**
 * Messages as plain objects, close to proto3 JSON: enum values by name, durations as `"1.5s"`,
 * timestamps as RFC 3339 with nine decimals, 64-bit integers as numbers (strings if unsafe), bytes
 * as `Uint8Array`; a field that has its default and no presence is left out.
 */
export type Plain = null | boolean | number | string | Uint8Array | readonly Plain[] | PlainObject;

export interface PlainObject {
  readonly [name: string]: Plain | undefined;
}

export function isObject(value: Plain | undefined): value is PlainObject {
  const isComposite = typeof value === "object" && value !== null;
  return isComposite && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/** Follows a dotted path such as `history.events.0.eventId`; undefined where it leads nowhere. */
export function pick(value: Plain | undefined, path: string): Plain | undefined {
  let at = value;
  for (const key of path.split(".")) {
    if (Array.isArray(at)) at = at[Number(key)];
    else if (isObject(at)) at = at[key];
    else return undefined;
  }
  return at;
}

/** Like {@link pick}; an absent string is the empty one, as on the wire. */
export function pickText(value: Plain | undefined, path: string): string {
  const found = pick(value, path);
  return typeof found === "string" ? found : "";
}

/** Like {@link pick}; an absent number is zero, as on the wire. */
export function pickNumber(value: Plain | undefined, path: string): number {
  const found = pick(value, path);
  return typeof found === "number" ? found : 0;
}

/** Like {@link pick}; absent bytes are empty, as on the wire. */
export function pickBytes(value: Plain | undefined, path: string): Uint8Array {
  const found = pick(value, path);
  return found instanceof Uint8Array ? found : new Uint8Array();
}

/** Like {@link pick}; an absent list is empty, as on the wire. */
export function pickList(value: Plain | undefined, path: string): readonly Plain[] {
  const found = pick(value, path);
  return Array.isArray(found) ? found : [];
}
