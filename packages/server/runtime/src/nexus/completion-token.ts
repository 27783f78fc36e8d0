import {
  NexusCompletionToken,
  type NexusCompletionTokenInit,
} from "@perdure/proto/perdure/internal/v1";
import { DecodeError } from "@perdure/proto/wire";

/** Name of the header of a callback that tells which operation it completes. */
export const COMPLETION_TOKEN_HEADER = "temporal-callback-token";

const VERSION = 1;

/** Makes the value of the header that a callback carries back. */
export function encodeCompletionToken(token: NexusCompletionTokenInit): string {
  const data = Buffer.from(NexusCompletionToken.encode(token)).toString("base64url");
  return JSON.stringify({ v: VERSION, d: data });
}

/** Reads such a header; `undefined` when it is none of ours. */
export function decodeCompletionToken(text: string): NexusCompletionToken | undefined {
  try {
    const parsed = JSON.parse(text) as unknown;
    if (typeof parsed !== "object" || parsed === null || !("d" in parsed)) return undefined;
    if (!("v" in parsed) || parsed.v !== VERSION || typeof parsed.d !== "string") return undefined;
    const token = NexusCompletionToken.decode(Buffer.from(parsed.d, "base64url"));
    const isWhole = token.namespaceId !== "" && token.workflowId !== "" && token.runId !== "";
    return isWhole ? token : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof DecodeError) return undefined;
    throw error;
  }
}
