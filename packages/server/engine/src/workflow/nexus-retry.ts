import type { StepEnvironment } from "./step.js";

/** Share of a back-off that is left to chance, so that failed calls don't come back together. */
const JITTER_SHARE = 0.2;

/** When an attempt ended, and when the next one is due. */
export function retryTimes(
  environment: StepEnvironment,
  attempt: number,
): { readonly lastAttemptAtMs: number; readonly nextAttemptAtMs: number } {
  const { nowMs, newId } = environment;
  const { initialIntervalMs, maximumIntervalMs } = environment.limits.nexusRetry;
  const backoffMs = Math.min(initialIntervalMs * 2 ** (attempt - 1), maximumIntervalMs);
  // The last digits of a new ID are as good as any number by chance.
  const chance = Number.parseInt(newId().slice(-6), 16) / 0x1000000;
  const delayMs = Math.floor(backoffMs * (1 - JITTER_SHARE + JITTER_SHARE * chance));
  return { lastAttemptAtMs: nowMs, nextAttemptAtMs: nowMs + delayMs };
}
