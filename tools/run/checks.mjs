/** The pieces of the quick gate, each a script of package.json. */

const SECOND_MS = 1_000;

/**
 * @typedef {object} Check
 * @property {string} name - What its line in the report says.
 * @property {string} script - Runs it: `npm run <script>`.
 * @property {number} timeoutMs - It has hung after this time.
 */

/** Looks at sources alone, though some need what the build generates. The slowest come first. */
export const STATIC_CHECKS = [
  check("spelling", "check:spelling"),
  check("lint", "check:lint"),
  check("dead code", "check:dead"),
  check("imports", "check:arrows"),
  check("format", "check:format"),
  check("tidiness", "check:tidy"),
];

export const TYPE_CHECK = check("types", "check:types");

export const UNIT_TESTS = check("unit tests", "test:unit");

function check(name, script) {
  return { name, script, timeoutMs: 240 * SECOND_MS };
}
