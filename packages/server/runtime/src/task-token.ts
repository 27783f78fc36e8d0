import { InvalidArgumentError, isUuid } from "@perdure/kernel";
import { QueryToken, TaskToken, type TaskTokenInit } from "@perdure/proto/perdure/internal/v1";
import { DecodeError } from "@perdure/proto/wire";

/** What a worker hands back to prove which task it holds. */
export function encodeTaskToken(token: TaskTokenInit): Uint8Array {
  return TaskToken.encode(token);
}

/**
 * Reads a task token.
 *
 * @throws {InvalidArgumentError} It is none of ours.
 */
export function decodeTaskToken(bytes: Uint8Array): TaskToken {
  if (bytes.length === 0) throw new InvalidArgumentError("Task token not set on request.");
  try {
    const token = TaskToken.decode(bytes);
    if (isUuid(token.namespaceId) && token.workflowId !== "") return token;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new InvalidArgumentError("Error deserializing task token.");
}

/**
 * Reads the token of a query task.
 *
 * @throws {InvalidArgumentError} It is none of ours.
 */
export function decodeQueryToken(bytes: Uint8Array): QueryToken {
  if (bytes.length === 0) throw new InvalidArgumentError("Task token not set on request.");
  try {
    const token = QueryToken.decode(bytes);
    if (isUuid(token.namespaceId)) return token;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new InvalidArgumentError("Error deserializing task token.");
}
