import { CallbackState } from "@perdure/proto/temporal/api/enums/v1";
import { Failure } from "@perdure/proto/temporal/api/failure/v1";
import { retryTimes } from "./nexus-retry.js";
import type { RunState } from "./run-state.js";
import { type RunStep, Step, type StepEnvironment } from "./step.js";

/** Makes callbacks due whose back-off is over. */
export function wakeCallbacks(run: RunState, environment: StepEnvironment): RunStep {
  const step = new Step(run, environment);
  for (const progress of run.uncommon.callbacks) {
    const isDue =
      progress.state === CallbackState.BACKING_OFF && progress.nextAttemptAtMs <= step.nowMs;
    if (!isDue) continue;
    step.putCallback({ ...progress, state: CallbackState.SCHEDULED, nextAttemptAtMs: 0 });
  }
  return step.finish();
}

/** What came of an attempt to deliver a callback. */
export type CallbackOutcome =
  | { readonly kind: "delivered" }
  | { readonly kind: "failed"; readonly message: string; readonly isRetryable: boolean };

/** Notes what came of an attempt to deliver a callback. */
export function recordCallback(
  run: RunState,
  result: {
    readonly index: number;
    readonly attempt: number;
    readonly outcome: CallbackOutcome;
  },
  environment: StepEnvironment,
): RunStep {
  const step = new Step(run, environment);
  const progress = run.uncommon.callbacks.find(({ index }) => index === result.index);
  const isCurrent =
    progress?.state === CallbackState.SCHEDULED && progress.attempt === result.attempt;
  if (progress === undefined || !isCurrent) return step.finish();
  const { outcome } = result;
  const attempt = progress.attempt + 1;
  const tried = { ...progress, attempt, lastAttemptAtMs: step.nowMs };
  if (outcome.kind === "delivered") {
    step.putCallback({ ...tried, state: CallbackState.SUCCEEDED, lastFailure: undefined });
    return step.finish();
  }
  const { message, isRetryable } = outcome;
  const failureInfo = {
    kind: "applicationFailureInfo",
    value: { nonRetryable: !isRetryable },
  } as const;
  const lastFailure = Failure.decode(Failure.encode({ message, failureInfo }));
  step.putCallback(
    isRetryable
      ? {
          ...tried,
          state: CallbackState.BACKING_OFF,
          lastFailure,
          ...retryTimes(environment, attempt),
        }
      : { ...tried, state: CallbackState.FAILED, lastFailure },
  );
  return step.finish();
}
