import { InvalidArgumentError } from "@perdure/kernel";
import { apiSchema } from "@perdure/proto/schema";
import { Payload } from "@perdure/proto/temporal/api/common/v1";
import { NexusHandlerErrorRetryBehavior } from "@perdure/proto/temporal/api/enums/v1";
import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { Failure as NexusProtoFailure } from "@perdure/proto/temporal/api/nexus/v1";
import { decodeMessage } from "../http-api/json/decode-message.js";
import { encodeMessage } from "../http-api/json/encode-message.js";
import { parseJson } from "../http-api/json/parse-json.js";

/** A failure as the Nexus protocol tells it. */
export interface NexusFailure {
  readonly message?: string | undefined;
  readonly stackTrace?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Any JSON. */
  readonly details?: unknown;
  readonly cause?: NexusFailure | undefined;
}

const FAILURE_TYPE = "temporal.api.failure.v1.Failure";
const HANDLER_ERROR = "nexus.HandlerError";
const OPERATION_ERROR = "nexus.OperationError";
/** Marks a failure that is there for the transport only; its cause is what happened. */
const WRAPPER_KEY = "unwrap-error";

const OPTIONS = { schema: apiSchema, hasShorthand: false };

/** The failure that a worker of an older SDK reports. */
export function fromProtoFailure(failure: NexusProtoFailure | undefined): NexusFailure {
  if (failure === undefined) return {};
  const { message, stackTrace, metadata, details, cause } = failure;
  return {
    message,
    stackTrace,
    metadata: metadata.size === 0 ? undefined : Object.fromEntries(metadata),
    details: details.length === 0 ? undefined : readJson(Buffer.from(details).toString()),
    cause: cause === undefined ? undefined : fromProtoFailure(cause),
  };
}

/**
 * Parses JSON.
 *
 * @throws {InvalidArgumentError}
 */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new InvalidArgumentError("failure details must be JSON serializable");
  }
}

/** Reads a failure out of a parsed body; what is not of the right type is left out. */
export function readNexusFailure(value: unknown): NexusFailure | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const text = (field: unknown): string | undefined =>
    typeof field === "string" ? field : undefined;
  const metadata = Object.entries((fields.metadata as object | undefined) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return {
    message: text(fields.message),
    stackTrace: text(fields.stackTrace),
    metadata: metadata.length === 0 ? undefined : Object.fromEntries(metadata),
    details: fields.details,
    cause: readNexusFailure(fields.cause),
  };
}

/**
 * The failure that a workflow is told.
 *
 * @throws {InvalidArgumentError} The details are not of the kind that the failure says.
 */
export function toFailure(nexus: NexusFailure): FailureInit {
  const { message = "", stackTrace = "", metadata } = nexus;
  const cause = nexus.cause === undefined ? undefined : toFailure(nexus.cause);
  const base = { message, stackTrace, cause };
  switch (metadata?.type) {
    case FAILURE_TYPE: {
      const details = decodeFailure(nexus.details);
      return { ...details, message, stackTrace, cause: cause ?? details.cause };
    }
    case OPERATION_ERROR:
      return operationStateOf(nexus) === "canceled"
        ? { ...base, failureInfo: { kind: "canceledFailureInfo", value: {} } }
        : { ...base, failureInfo: { kind: "applicationFailureInfo", value: OPERATION_FAILED } };
    case HANDLER_ERROR:
      return { ...base, ...handlerErrorFields(nexus.details) };
    default:
      return metadata === undefined && nexus.details === undefined
        ? base
        : { ...base, failureInfo: unknownFailureInfo(nexus) };
  }
}

const OPERATION_FAILED = { nonRetryable: true, type: "OperationError" };

/** What an operation's error tells of how the operation ended. */
export function operationStateOf(nexus: NexusFailure): string {
  const { state } = (nexus.details ?? {}) as { readonly state?: unknown };
  return typeof state === "string" ? state : "";
}

/** Whether the failure says of itself that it is an operation's error. */
export function isOperationError(nexus: NexusFailure): boolean {
  return nexus.metadata?.type === OPERATION_ERROR;
}

/** Whether the failure says of itself that it is a handler's error. */
export function isHandlerError(nexus: NexusFailure): boolean {
  return nexus.metadata?.type === HANDLER_ERROR;
}

/** What lies in a failure that is there for the transport only. */
export function withoutWrapper(nexus: NexusFailure): NexusFailure {
  const isWrapper = nexus.metadata?.[WRAPPER_KEY] === "true";
  return isWrapper ? (nexus.cause ?? nexus) : nexus;
}

function decodeFailure(details: unknown): FailureInit {
  const parsed = parseJson(JSON.stringify(details ?? {}));
  return parsed === undefined ? {} : (decodeMessage(parsed, FAILURE_TYPE, OPTIONS) as FailureInit);
}

function handlerErrorFields(details: unknown): FailureInit {
  const { type, retryableOverride, encodedAttributes } = (details ?? {}) as {
    readonly type?: unknown;
    readonly retryableOverride?: unknown;
    readonly encodedAttributes?: unknown;
  };
  const value = {
    type: typeof type === "string" ? type : "",
    retryBehavior: retryBehaviorOf(retryableOverride),
  };
  const failureInfo = { kind: "nexusHandlerFailureInfo", value } as const;
  if (typeof encodedAttributes !== "string" || encodedAttributes === "") return { failureInfo };
  const parsed = parseJson(Buffer.from(encodedAttributes, "base64url").toString());
  if (parsed === undefined) return { failureInfo };
  return { failureInfo, encodedAttributes: decodeMessage(parsed, Payload.typeName, OPTIONS) };
}

/** How a retry is told: `true`, `false`, or nothing said. */
export function retryBehaviorOf(isRetryable: unknown): NexusHandlerErrorRetryBehavior {
  if (isRetryable === true) return NexusHandlerErrorRetryBehavior.RETRYABLE;
  if (isRetryable === false) return NexusHandlerErrorRetryBehavior.NON_RETRYABLE;
  return NexusHandlerErrorRetryBehavior.UNSPECIFIED;
}

/** Keeps what no rule explains. */
function unknownFailureInfo(nexus: NexusFailure): FailureInit["failureInfo"] {
  const { metadata, details, cause } = nexus;
  const data = Buffer.from(JSON.stringify({ metadata, details, cause }));
  const payload = { metadata: new Map([["encoding", Buffer.from("json/plain")]]), data };
  const value = { type: "NexusFailure", details: { payloads: [payload] } };
  return { kind: "applicationFailureInfo", value };
}

/** A failure of ours in the form of the protocol. */
export function fromFailure(init: FailureInit): NexusFailure {
  const failure = Failure.decode(Failure.encode(init));
  const { message, stackTrace, failureInfo } = failure;
  const base = {
    ...(message === "" ? {} : { message }),
    ...(stackTrace === "" ? {} : { stackTrace }),
  };
  const cause = failure.cause === undefined ? {} : { cause: fromFailure(failure.cause) };
  if (failureInfo?.kind === "nexusHandlerFailureInfo") {
    const { type, retryBehavior } = failureInfo.value;
    const isRetryable = retryBehavior === NexusHandlerErrorRetryBehavior.RETRYABLE;
    const isSaid = retryBehavior !== NexusHandlerErrorRetryBehavior.UNSPECIFIED;
    const details = { type, ...(isSaid ? { retryableOverride: isRetryable } : {}) };
    return { ...base, metadata: { type: HANDLER_ERROR }, details, ...cause };
  }
  const bare = { ...failure, message: "", stackTrace: "" };
  const details = encodeMessage(bare, FAILURE_TYPE, OPTIONS);
  return { ...base, metadata: { type: FAILURE_TYPE }, details, ...cause };
}
