/** A bug in the server: something that can't be so, is. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/**
 * States what always holds.
 *
 * @throws {InvariantError} When `condition` is false.
 */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** Closes a `switch` over a union: the compiler proves that no case is left. */
export function unreachable(value: never): never {
  throw new InvariantError(`Unexpected value ${JSON.stringify(value)}`);
}

/** Returns `value`, which is never absent here. */
export function present<T>(value: T | undefined | null, message: string): T {
  if (value === undefined || value === null) throw new InvariantError(message);
  return value;
}
