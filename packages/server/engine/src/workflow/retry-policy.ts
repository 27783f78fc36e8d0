import { InvalidArgumentError } from "@perdure/kernel";
import type { DurationInit } from "@perdure/proto/google/protobuf";
import type { RetryPolicyInit } from "@perdure/proto/temporal/api/common/v1";
import { durationMs, toDuration } from "../wire-time.js";
import type { RunLimits } from "./run-limits.js";

/** Fills the fields of a retry policy that are not set. */
export function withRetryDefaults(
  policy: RetryPolicyInit,
  defaults: RunLimits["defaultRetry"],
): RetryPolicyInit {
  const initialMs = durationMs(policy.initialInterval) || defaults.initialIntervalMs;
  const maximumMs =
    durationMs(policy.maximumInterval) || initialMs * defaults.maximumIntervalFactor;
  return {
    ...policy,
    initialInterval: toDuration(initialMs),
    maximumInterval: toDuration(maximumMs),
    backoffCoefficient: policy.backoffCoefficient || defaults.backoffCoefficient,
  };
}

/**
 * Checks a retry policy whose defaults are filled in.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkRetryPolicy(policy: RetryPolicyInit): void {
  if (policy.maximumAttempts === 1) return;
  checkDuration(policy.initialInterval, "invalid InitialInterval set on retry policy");
  if ((policy.backoffCoefficient ?? 0) < 1) {
    throw new InvalidArgumentError("BackoffCoefficient cannot be less than 1 on retry policy.");
  }
  checkDuration(policy.maximumInterval, "invalid MaximumInterval set on retry policy");
  const maximumMs = durationMs(policy.maximumInterval);
  if (maximumMs > 0 && maximumMs < durationMs(policy.initialInterval)) {
    throw new InvalidArgumentError(
      "MaximumInterval cannot be less than InitialInterval on retry policy.",
    );
  }
  if ((policy.maximumAttempts ?? 0) < 0) {
    throw new InvalidArgumentError("MaximumAttempts cannot be negative on retry policy.");
  }
}

/**
 * Checks that the duration of a command is not negative; one that is too long is cut elsewhere.
 *
 * @throws {InvalidArgumentError}
 */
export function checkDurationSign(duration: DurationInit | undefined): void {
  if (duration === undefined) return;
  const seconds = duration.seconds ?? 0n;
  const nanos = duration.nanos ?? 0;
  if ((seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)) {
    throw new InvalidArgumentError("duration has seconds and nanos with different signs");
  }
  if (seconds < 0n || nanos < 0) throw new InvalidArgumentError("negative duration");
}

/**
 * Checks that a duration is a legal one and not negative.
 *
 * @param subject - Begins the error's message.
 * @throws {InvalidArgumentError}
 */
export function checkDuration(duration: DurationInit | undefined, subject: string): void {
  if (duration === undefined) return;
  const seconds = duration.seconds ?? 0n;
  const nanos = duration.nanos ?? 0;
  if ((seconds > 0n && nanos < 0) || (seconds < 0n && nanos > 0)) {
    throw new InvalidArgumentError(
      `${subject}: duration has seconds and nanos with different signs`,
    );
  }
  if (seconds < 0n || nanos < 0) throw new InvalidArgumentError(`${subject}: negative duration`);
}
