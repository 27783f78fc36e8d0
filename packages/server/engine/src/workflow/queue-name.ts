import { InvalidArgumentError } from "@perdure/kernel";
import type { TaskQueueInit } from "@perdure/proto/temporal/api/taskqueue/v1";

/** Task queue names with this prefix are the server's own. */
const RESERVED_PREFIX = "/_sys/";
/** The server's own queue in every namespace, which users must not use. */
const SYSTEM_QUEUE = "temporal-sys-per-ns-tq";

/**
 * Checks the task queue that a workflow names in a command.
 *
 * @param options - `parentName` is the queue of the workflow itself.
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkQueue(
  queue: TaskQueueInit | undefined,
  options: { readonly lengthMax: number; readonly parentName: string },
): void {
  if (queue === undefined) throw new InvalidArgumentError("taskQueue is not set");
  const name = queue.name ?? "";
  if (name === "") throw new InvalidArgumentError("missing task queue name");
  if (name.length > options.lengthMax) {
    throw new InvalidArgumentError("taskQueue length exceeds limit");
  }
  if (name.startsWith(RESERVED_PREFIX)) {
    throw new InvalidArgumentError(
      `task queue name cannot start with reserved prefix ${RESERVED_PREFIX}`,
    );
  }
  if (name === SYSTEM_QUEUE && options.parentName !== SYSTEM_QUEUE) {
    throw new InvalidArgumentError(
      `cannot use internal per-namespace task queue:${name} (in parent component task queue: ${options.parentName})`,
    );
  }
}
