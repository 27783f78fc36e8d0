/** What decoding gives for an absent `repeated` field. Frozen and shared. */
export const EMPTY_ARRAY: readonly never[] = /*#__PURE__*/ Object.freeze([]);

/** What decoding gives for an absent `map` field. Shared; changing it throws. */
export const EMPTY_MAP: ReadonlyMap<never, never> = /*#__PURE__*/ createEmptyMap();

/** What decoding gives for an absent `bytes` field. Shared; of length zero. */
export const EMPTY_BYTES: Uint8Array = /*#__PURE__*/ new Uint8Array(0);

/** Adds one element to a decoded list, which may still be the shared empty one. */
export function append<T>(list: readonly T[], item: T): readonly T[] {
  if (list === EMPTY_ARRAY) return [item];
  (list as T[]).push(item); // Every other list was made by the line above.
  return list;
}

/** Sets one entry of a decoded map, which may still be the shared empty one. */
export function insert<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  if (map === EMPTY_MAP) return new Map<K, V>().set(key, value);
  (map as Map<K, V>).set(key, value); // Every other map was made by the line above.
  return map;
}

/** Returns the message that a oneof already holds for `kind`, to merge a repeated occurrence. */
export function current<T>(
  oneof: { readonly kind: string; readonly value: unknown } | undefined,
  kind: string,
): T | undefined {
  return oneof !== undefined && oneof.kind === kind ? (oneof.value as T) : undefined;
}

function createEmptyMap(): ReadonlyMap<never, never> {
  const refuse = (): never => {
    throw new TypeError("Cannot change the shared empty map: copy it with new Map(map) first");
  };
  const map = new Map<never, never>();
  for (const name of ["set", "delete", "clear"])
    Object.defineProperty(map, name, { value: refuse });
  return Object.freeze(map);
}
