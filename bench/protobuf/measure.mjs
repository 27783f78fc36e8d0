/** Measures one candidate in a process of its own: `node measure.mjs <name>`. Prints JSON. */
import { candidates } from "./candidates.mjs";
import { samples } from "./samples.mjs";

const ROUNDS = 15;
const ROUND_MS = 120;

const load = candidates[process.argv[2]];
const results = [];
for (const { typeName, bytes } of samples) {
  const { decode, encode } = await load(typeName);
  const message = decode(bytes);
  const again = encode(message);
  if (again.length !== bytes.length) throw new Error(`${typeName} changed its size`);
  results.push({ decodeUs: cpuUs(() => decode(bytes)), encodeUs: cpuUs(() => encode(message)) });
}
console.log(JSON.stringify(results));

/**
 * Returns the CPU time of one call in microseconds, garbage collection included: the best of
 * several rounds, since other processes only ever make a round slower.
 */
function cpuUs(operation) {
  const count = calibrate(operation);
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round++) best = Math.min(best, timed(operation, count));
  return best;
}

/** Warms up, and returns how many calls a round takes. */
function calibrate(operation) {
  let count = 1;
  for (let warm = 0; warm < 3; warm++) {
    count = 1;
    while (timed(operation, count) * count < ROUND_MS * 1000) count *= 2;
  }
  return count;
}

function timed(operation, count) {
  const before = process.cpuUsage();
  for (let at = 0; at < count; at++) operation();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}
