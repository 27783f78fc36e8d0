import type { TimeSkipping } from "./skipping-clock.js";

/** A callback that was scheduled and can be taken back. */
export interface ScheduledCall {
  /** Takes the callback back; without effect once it has run. */
  cancel(): void;
}

/** The server's only source of time. */
export interface Clock {
  /** Current time, milliseconds since the epoch. Never goes back within one process. */
  nowMs(): number;
  /** Calls `callback` once, `delayMs` milliseconds from now (at least 0), never early. */
  schedule(delayMs: number, callback: () => void): ScheduledCall;
  /** Present on a clock that skips time while nothing happens. */
  readonly skipping?: TimeSkipping;
}

/** Longest delay that one Node.js timer takes, 2^31 - 1 ms; longer ones are armed again. */
const TIMER_DELAY_MS_MAX = 2 ** 31 - 1;

/** The clock of a real process. Scheduled calls do not keep the process alive. */
export function systemClock(): Clock {
  let latestMs = 0;
  const nowMs = (): number => {
    const readMs = Date.now();
    if (readMs > latestMs) latestMs = readMs;
    return latestMs;
  };
  return { nowMs, schedule: (delayMs, callback) => scheduleAt(nowMs, nowMs() + delayMs, callback) };
}

function scheduleAt(nowMs: () => number, atMs: number, callback: () => void): ScheduledCall {
  let timer: NodeJS.Timeout;
  const arm = (): void => {
    const waitMs = Math.min(Math.max(atMs - nowMs(), 0), TIMER_DELAY_MS_MAX);
    timer = setTimeout(() => {
      // Node.js rounds delays, so a timer may come a millisecond early.
      if (nowMs() < atMs) arm();
      else callback();
    }, waitMs);
    timer.unref();
  };
  arm();
  return { cancel: () => clearTimeout(timer) };
}
