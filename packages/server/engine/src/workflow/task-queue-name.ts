import { InvalidArgumentError } from "@perdure/kernel";

/** Task queue names with this prefix are the server's own. */
const RESERVED_QUEUE_PREFIX = "/_sys/";
/** The server's own queue in every namespace, which users must not use. */
const SYSTEM_QUEUE = "temporal-sys-per-ns-tq";

/**
 * Checks the name of a task queue.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkQueueName(name: string, limits: { readonly idLengthMax: number }): void {
  if (name === "") throw new InvalidArgumentError("missing task queue name");
  if (name.length > limits.idLengthMax) {
    throw new InvalidArgumentError("taskQueue length exceeds limit");
  }
  if (!name.startsWith(RESERVED_QUEUE_PREFIX)) return;
  throw new InvalidArgumentError(
    `task queue name cannot start with reserved prefix ${RESERVED_QUEUE_PREFIX}`,
  );
}

/**
 * As `checkQueueName`, and refuses the server's own queue, except to a workflow that is on it.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkUserQueueName(
  name: string,
  limits: { readonly idLengthMax: number; readonly parentQueueName?: string },
): void {
  checkQueueName(name, limits);
  const { parentQueueName } = limits;
  if (name !== SYSTEM_QUEUE || parentQueueName === SYSTEM_QUEUE) return;
  const parent =
    parentQueueName === undefined ? "" : ` (in parent component task queue: ${parentQueueName})`;
  throw new InvalidArgumentError(`cannot use internal per-namespace task queue:${name}${parent}`);
}

/** A normal task queue as error messages of the official server print it. */
export function taskQueueText(name: string): string {
  return `name:${JSON.stringify(name)}  kind:TASK_QUEUE_KIND_NORMAL`;
}
