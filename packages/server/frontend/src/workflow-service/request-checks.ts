import { checkQueueName, checkUserQueueName } from "@perdure/engine";
import { InvalidArgumentError, isUuid } from "@perdure/kernel";
import type { PayloadsInit, WorkflowExecution } from "@perdure/proto/temporal/api/common/v1";
import { Payloads } from "@perdure/proto/temporal/api/common/v1";
import type { TaskQueue } from "@perdure/proto/temporal/api/taskqueue/v1";
import type { RunTarget } from "@perdure/runtime";

/**
 * Reads which run a request means.
 *
 * @throws {InvalidArgumentError}
 */
export function readTarget(
  namespaceId: string,
  execution: WorkflowExecution | undefined,
): RunTarget {
  if (execution === undefined) throw new InvalidArgumentError("Execution is not set on request.");
  const { workflowId, runId } = execution;
  if (workflowId === "") throw new InvalidArgumentError("WorkflowId is not set on request.");
  if (runId !== "" && !isUuid(runId)) throw new InvalidArgumentError("Invalid RunId.");
  return { namespaceId, workflowId, runId };
}

/**
 * Reads the name of a task queue.
 *
 * @throws {InvalidArgumentError}
 */
export function readQueueName(queue: TaskQueue | undefined, lengthMax: number): string {
  if (queue === undefined) throw new InvalidArgumentError("taskQueue is not set");
  checkQueueName(queue.name, { idLengthMax: lengthMax });
  return queue.name;
}

/** As `readQueueName`, and refuses the server's own queue. */
export function readUserQueueName(queue: TaskQueue | undefined, lengthMax: number): string {
  const name = readQueueName(queue, lengthMax);
  checkUserQueueName(name, { idLengthMax: lengthMax });
  return name;
}

/**
 * Checks the length of an ID.
 *
 * @throws {InvalidArgumentError} With `message`.
 */
export function checkLength(text: string, lengthMax: number, message: string): void {
  if (text.length > lengthMax) throw new InvalidArgumentError(message);
}

/**
 * Checks the size of a payload list.
 *
 * @throws {InvalidArgumentError}
 */
export function checkBlobSize(payloads: PayloadsInit | undefined, bytesMax: number): void {
  if (payloads === undefined) return;
  if (Payloads.encode(payloads).length > bytesMax) {
    throw new InvalidArgumentError("Blob data size exceeds limit.");
  }
}
