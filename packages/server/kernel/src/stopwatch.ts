/** Tells how long things take, finer than a clock does. */
export interface Stopwatch {
  /** Seconds since some moment; never goes back. */
  seconds(): number;
}

/** The stopwatch of a real process. */
export function systemStopwatch(): Stopwatch {
  return { seconds: () => performance.now() / 1000 };
}
