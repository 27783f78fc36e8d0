import { durationMs } from "../wire-time.js";
import type { RunState } from "./run-state.js";

/** Attempts of a workflow task that get the plain timeout; later ones get more, as a back-off. */
const PLAIN_TIMEOUT_ATTEMPTS = 3;
const TASK_RETRY_INTERVAL_MS = 5000;
/** Share of a back-off that chance takes off it, so that runs which failed together part. */
const BACKOFF_JITTER = 0.2;

/** Constants of the FNV-1a hash. */
const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Time that a worker has for a workflow task, milliseconds; grows when attempts keep failing. */
export function workflowTaskTimeoutMs(
  run: RunState,
  attempt: number,
  intervalMsMax: number,
): number {
  const timeoutMs = durationMs(run.started.workflowTaskTimeout);
  if (attempt <= PLAIN_TIMEOUT_ATTEMPTS) return timeoutMs;
  const uncappedMs = TASK_RETRY_INTERVAL_MS * 2 ** (attempt - PLAIN_TIMEOUT_ATTEMPTS - 1);
  const backoffMs = Math.min(uncappedMs, intervalMsMax);
  return timeoutMs + Math.floor(backoffMs * (1 - BACKOFF_JITTER * chanceOf(run.runId, attempt)));
}

/**
 * A number from 0 to 1 that looks random and is always the same for an attempt of a run, so that
 * nothing of it has to be stored.
 */
function chanceOf(runId: string, attempt: number): number {
  let hash = FNV_OFFSET ^ attempt;
  for (let index = 0; index < runId.length; index += 1) {
    hash = Math.imul(hash ^ runId.charCodeAt(index), FNV_PRIME);
  }
  return (hash >>> 0) / 2 ** 32;
}
