import { boundedFailure, isLargerThan, type RunLimits } from "@perdure/engine";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";

/** Limits of what a worker answers. */
type AnswerLimits = Pick<RunLimits, "blobSizeMaxBytes" | "blobSizeWarnBytes">;

/** Whether a worker's answer is larger than one payload field may be. */
export function isTooLarge(answer: PayloadsInit | undefined, limits: AnswerLimits): boolean {
  return isLargerThan(answer, limits.blobSizeMaxBytes);
}

/** The failure that is taken for a worker's; the same one unless it is too large. */
export function takenFailure<Sent extends FailureInit | undefined>(
  failure: Sent,
  limits: AnswerLimits,
): Sent | FailureInit {
  if (failure === undefined) return failure;
  const { blobSizeMaxBytes: bytesMax, blobSizeWarnBytes: keptBytesMax } = limits;
  return boundedFailure(failure, { bytesMax, keptBytesMax, nonRetryable: true });
}
