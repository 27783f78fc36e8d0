import type {
  CallbackOutcome,
  NexusCancelOutcome,
  NexusEnd,
  NexusStartOutcome,
} from "@perdure/engine";
import type { CancelSignal } from "@perdure/kernel";
import type { PayloadInit } from "@perdure/proto/temporal/api/common/v1";
import { NexusHandlerErrorRetryBehavior } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { LinkInit as NexusLinkInit } from "@perdure/proto/temporal/api/nexus/v1";

/** What a worker made of a request. */
export type NexusTaskOutcome =
  | {
      readonly kind: "succeeded";
      readonly result: PayloadInit | undefined;
      readonly links: readonly NexusLinkInit[];
    }
  | {
      readonly kind: "started";
      readonly operationToken: string;
      readonly links: readonly NexusLinkInit[];
    }
  | {
      readonly kind: "unsuccessful";
      readonly state: "failed" | "canceled";
      readonly cause: FailureInit | undefined;
    }
  /** The request to cancel arrived. */
  | { readonly kind: "canceling" }
  /** The handler could not do what was asked; a failure of the kind `nexusHandlerFailureInfo`. */
  | { readonly kind: "handlerFailed"; readonly failure: FailureInit }
  /** No worker was there, or it did not answer in time. */
  | { readonly kind: "timedOut" };

/** A call to a Nexus handler over HTTP. */
export interface NexusHttpCall {
  readonly baseUrl: string;
  readonly service: string;
  readonly operation: string;
  readonly header: ReadonlyMap<string, string>;
  readonly timeoutMs: number;
  /** Aborted when the answer is of no use any more. */
  readonly signal: CancelSignal;
}

export interface NexusHttpStart extends NexusHttpCall {
  readonly requestId: string;
  readonly input: PayloadInit | undefined;
  readonly callbackUrl: string;
  readonly callbackHeader: ReadonlyMap<string, string>;
  readonly links: readonly NexusLinkInit[];
}

/** The end of an operation on its way to who started it. */
export interface NexusHttpCompletion {
  readonly url: string;
  readonly header: ReadonlyMap<string, string>;
  readonly end: NexusEnd;
  readonly links: readonly NexusLinkInit[];
  /** Milliseconds since the epoch. */
  readonly startTimeMs: number;
  readonly closeTimeMs: number;
  readonly timeoutMs: number;
  readonly signal: CancelSignal;
}

/** Speaks the Nexus protocol over HTTP. No method rejects: what goes wrong is an outcome. */
export interface NexusHttp {
  start(call: NexusHttpStart): Promise<Exclude<NexusStartOutcome, { readonly kind: "outOfTime" }>>;
  cancel(call: NexusHttpCall & { readonly operationToken: string }): Promise<NexusCancelOutcome>;
  complete(completion: NexusHttpCompletion): Promise<CallbackOutcome>;
}

/** A failure of the handler, as the one who calls sees it. */
export function handlerFailure(type: string, message: string): FailureInit {
  return { message, failureInfo: { kind: "nexusHandlerFailureInfo", value: { type } } };
}

/** Types of handler errors after which a call is not tried again, unless they say otherwise. */
const FINAL_ERROR_TYPES: ReadonlySet<string> = new Set([
  "BAD_REQUEST",
  "UNAUTHENTICATED",
  "UNAUTHORIZED",
  "NOT_FOUND",
  "CONFLICT",
  "NOT_IMPLEMENTED",
]);

/** Whether a call that a handler failed may be tried again. */
export function isRetryableHandlerFailure({ failureInfo }: FailureInit): boolean {
  if (failureInfo?.kind !== "nexusHandlerFailureInfo") return true;
  const { type = "", retryBehavior } = failureInfo.value;
  if (retryBehavior === NexusHandlerErrorRetryBehavior.RETRYABLE) return true;
  if (retryBehavior === NexusHandlerErrorRetryBehavior.NON_RETRYABLE) return false;
  return !FINAL_ERROR_TYPES.has(type);
}

/** Stands for no value at all, as SDKs read it. */
const NULL_PAYLOAD: PayloadInit = {
  metadata: new Map([["encoding", Buffer.from("binary/null")]]),
};

/** A value as the other side of a call gets it: no value is one of its own kind. */
export function sentPayload(payload: PayloadInit | undefined): PayloadInit {
  return payload ?? NULL_PAYLOAD;
}

/** A span as SDKs read it in headers: milliseconds. */
export function durationText(spanMs: number): string {
  return `${Math.max(0, Math.round(spanMs))}ms`;
}
