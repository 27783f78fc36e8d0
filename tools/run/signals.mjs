/** Signals of a process that npm has started. */

const SIGNALS = new Set(["SIGINT", "SIGTERM"]);
/** The copy arrives within a millisecond; nobody presses Ctrl-C twice in this time. */
const COPY_WINDOW_MS = 200;

/**
 * Hides the second copy of each signal: on Ctrl-C the terminal signals all processes in the
 * foreground, and npm passes on its own copy too, which a server takes for "stop at once".
 * Call it before anything listens to signals.
 */
export function passEachSignalOnce(target = process, now = () => performance.now()) {
  const lastAtMs = new Map();
  const emit = target.emit;
  target.emit = function emitOnce(event, ...args) {
    if (SIGNALS.has(event)) {
      const atMs = now();
      const isCopy = atMs - (lastAtMs.get(event) ?? Number.NEGATIVE_INFINITY) < COPY_WINDOW_MS;
      if (isCopy) return true;
      lastAtMs.set(event, atMs);
    }
    return emit.call(this, event, ...args);
  };
}
