import { InvalidArgumentError } from "@perdure/kernel";
import { HistoryPageToken, TaskHistoryPageToken } from "@perdure/proto/perdure/internal/v1";
import { DecodeError } from "@perdure/proto/wire";

/**
 * First byte of a token that follows a workflow task's history; the other kind begins with a tag.
 */
const TASK_PAGE_MARK = 0;

/** Encodes the token that leads from a poll response to the rest of its history. */
export function encodeTaskPageToken(
  token: Pick<TaskHistoryPageToken, "runId" | "nextEventId" | "endEventId" | "transientEvents">,
): Uint8Array {
  return Buffer.concat([Buffer.of(TASK_PAGE_MARK), TaskHistoryPageToken.encode(token)]);
}

/**
 * Reads a page token; `undefined` when it is empty.
 *
 * @throws {InvalidArgumentError} It is none of ours.
 */
export function readPageToken(
  bytes: Uint8Array,
): HistoryPageToken | TaskHistoryPageToken | undefined {
  if (bytes.length === 0) return undefined;
  try {
    const isTaskToken = bytes[0] === TASK_PAGE_MARK;
    const token = isTaskToken
      ? TaskHistoryPageToken.decode(bytes.subarray(1))
      : HistoryPageToken.decode(bytes);
    if (token.runId !== "" && token.nextEventId > 0) return token;
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
  }
  throw new InvalidArgumentError("Invalid NextPageToken.");
}
