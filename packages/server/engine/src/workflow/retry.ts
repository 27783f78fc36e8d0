import type { RetryPolicyInit } from "@perdure/proto/temporal/api/common/v1";
import { RetryState, TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import { durationMs } from "../wire-time.js";

/** Type names in `RetryPolicy.non_retryable_error_types` that stand for timeouts begin so. */
const TIMEOUT_TYPE_PREFIX = "TemporalTimeout:";

/** Whether a failure may be tried again at all. */
export function isRetryable(failure: FailureInit | undefined, policy: RetryPolicyInit): boolean {
  const info = failure?.failureInfo;
  if (info === undefined) return true;
  const banned = policy.nonRetryableErrorTypes ?? [];
  switch (info.kind) {
    case "terminatedFailureInfo":
    case "canceledFailureInfo":
      return false;
    case "timeoutFailureInfo":
      return isRetryableTimeout(info.value.timeoutType, banned);
    case "serverFailureInfo":
      return info.value.nonRetryable !== true;
    case "applicationFailureInfo":
      return info.value.nonRetryable !== true && !banned.includes(info.value.type ?? "");
    default:
      return true;
  }
}

function isRetryableTimeout(type: TimeoutType | undefined, banned: readonly string[]): boolean {
  if (type === TimeoutType.START_TO_CLOSE)
    return !banned.includes(`${TIMEOUT_TYPE_PREFIX}StartToClose`);
  if (type === TimeoutType.HEARTBEAT) return !banned.includes(`${TIMEOUT_TYPE_PREFIX}Heartbeat`);
  return false;
}

export interface RetryQuestion {
  readonly policy: RetryPolicyInit | undefined;
  /** Number of the attempt that failed, counted from 1. */
  readonly attempt: number;
  readonly failure: FailureInit | undefined;
  readonly nowMs: number;
  /** No attempt begins after this time, milliseconds since the epoch; 0: no such time. */
  readonly expiresAtMs: number;
  /** Whether a delay that the failure asks for may be longer than the policy's maximum interval. */
  readonly mayExceedMaximum?: boolean;
}

/** The next attempt's delay, milliseconds; or why there is none. */
export type RetryAnswer =
  | { readonly kind: "retry"; readonly delayMs: number }
  | { readonly kind: "stop"; readonly state: RetryState };

/**
 * Decides whether and when a failed attempt is repeated.
 *
 * Source: `temporal.api.common.v1.RetryPolicy`; the reference server for the order of the reasons.
 */
export function decideRetry(question: RetryQuestion): RetryAnswer {
  const { policy, attempt, failure } = question;
  if (policy === undefined) return stop(RetryState.RETRY_POLICY_NOT_SET);
  if (!isRetryable(failure, policy)) return stop(RetryState.NON_RETRYABLE_FAILURE);
  const attemptsMax = policy.maximumAttempts ?? 0;
  if (attemptsMax > 0 && attempt >= attemptsMax) return stop(RetryState.MAXIMUM_ATTEMPTS_REACHED);

  const requestedMs = requestedDelayMs(failure);
  const isUncapped = requestedMs !== undefined && question.mayExceedMaximum === true;
  const intervalMsMax = isUncapped ? requestedMs : durationMs(policy.maximumInterval);
  let delayMs = requestedMs ?? exponentialDelayMs(policy, attempt);
  if (intervalMsMax === 0 && delayMs <= 0) return stop(RetryState.TIMEOUT);
  if (intervalMsMax > 0 && (delayMs <= 0 || delayMs > intervalMsMax)) delayMs = intervalMsMax;
  const isTooLate = question.expiresAtMs > 0 && question.nowMs + delayMs > question.expiresAtMs;
  return isTooLate ? stop(RetryState.TIMEOUT) : { kind: "retry", delayMs };
}

function stop(state: RetryState): RetryAnswer {
  return { kind: "stop", state };
}

/**
 * How long the policy waits after an attempt, milliseconds; 0 when it names no interval.
 *
 * @param attempt - Counted from 1.
 */
export function backoffMs(policy: RetryPolicyInit, attempt: number): number {
  const delayMs = exponentialDelayMs(policy, attempt);
  const intervalMsMax = durationMs(policy.maximumInterval);
  return intervalMsMax > 0 && (delayMs <= 0 || delayMs > intervalMsMax) ? intervalMsMax : delayMs;
}

/** Longest delay, milliseconds: what the official server's nanoseconds can hold. */
const DELAY_MS_MAX = 2 ** 63 / 1e6;

function exponentialDelayMs(policy: RetryPolicyInit, attempt: number): number {
  const factor = (policy.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(durationMs(policy.initialInterval) * factor, DELAY_MS_MAX);
}

function requestedDelayMs(failure: FailureInit | undefined): number | undefined {
  const info = failure?.failureInfo;
  if (info?.kind !== "applicationFailureInfo") return undefined;
  return info.value.nextRetryDelay === undefined
    ? undefined
    : durationMs(info.value.nextRetryDelay);
}
