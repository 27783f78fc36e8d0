/** The arithmetic of the bench: what several runs and several servers come down to. */

/**
 * Returns the middle of the values, or the mean of the two middle ones.
 *
 * @param {readonly number[]} values - In any order.
 * @returns {number | undefined} `undefined` when there is none.
 */
export function median(values) {
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/**
 * Returns how many times better `ours` is than `theirs`: above 1 we are ahead, whether more or
 * less of it is better.
 *
 * @param {"more" | "less"} better
 */
export function ratio(ours, theirs, better) {
  if (ours === undefined || theirs === undefined) return undefined;
  const [above, below] = better === "more" ? [ours, theirs] : [theirs, ours];
  return below > 0 ? above / below : undefined;
}

/**
 * Returns whether a figure meets a limit; `undefined` when there is no figure or no limit.
 *
 * @param {"more" | "less"} better - "more": the limit is the least that meets it.
 */
export function isMet(value, limit, better) {
  if (value === undefined || limit === undefined) return undefined;
  return better === "more" ? value >= limit : value <= limit;
}

/** Writes a number with about three digits that count. */
export function formatNumber(value) {
  if (value === undefined) return "n/a";
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

/**
 * Reads the line of JSON that the load generator ends with.
 *
 * @returns {{ result?: Record<string, unknown>, problem?: string }} `problem` tells why there is
 *   no result that counts.
 */
export function readLoadgenOutput(output) {
  const line = output.trim().split("\n").at(-1) ?? "";
  let result;
  try {
    result = JSON.parse(line);
  } catch {
    return { problem: `No result in "${line.slice(0, 200)}"` };
  }
  if (result.error !== undefined) return { problem: String(result.error) };
  if (result.stuck === true) return { problem: "Work was left over at the end" };
  if (result.errors > 0) return { problem: `${result.errors} errors: ${result.last_error}` };
  return { result };
}
