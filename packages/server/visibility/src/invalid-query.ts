import { InvalidArgumentError } from "@perdure/kernel";

/** An error about a filter, worded as the official server words it. */
export function invalidQuery(reason: string): InvalidArgumentError {
  return new InvalidArgumentError(`invalid query: ${reason}`);
}

/** An error about a part of a filter that makes no sense. */
export function invalidExpression(reason: string): InvalidArgumentError {
  return invalidQuery(`invalid expression: ${reason}`);
}

/** An error about what filters can't ask for. */
export function unsupported(what: string): InvalidArgumentError {
  return invalidQuery(`operation is not supported: ${what}`);
}
