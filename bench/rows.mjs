/** What the bench measures, and what is to be reached. */

/**
 * @typedef {object} Measurement
 * @property {readonly string[]} args - Of the load generator.
 * @property {boolean} [isWindowed] - Whether it loads the server for a chosen time.
 * @property {boolean} [isSpawning] - Whether the load generator starts the server itself.
 * @property {boolean} [isOursOnly] - The official server is not measured: it would take hours.
 * @property {boolean} [isOnce] - Measured in the first round only.
 */

/** @type {Readonly<Record<string, Measurement>>} */
export const MEASUREMENTS = {
  startup: { args: ["--scenario", "startup"], isSpawning: true },
  helloRaw: { args: raw("hello-raw"), isWindowed: true },
  hello: { args: loop("hello", 50), isWindowed: true },
  helloAlone: { args: loop("hello", 1), isWindowed: true },
  chain: { args: [...loop("echo-chain", 50), "--steps", "100"], isWindowed: true },
  // As many as one run takes of them, so that the window has no end before its time.
  signal: {
    args: [...loop("signal", 50), "--workflows", "1", "--count", "9900"],
    isWindowed: true,
  },
  updateAlone: { args: loop("update", 1), isWindowed: true },
  update: { args: loop("update", 50), isWindowed: true },
  fanout: { args: [...loop("fanout", 1), "--count", "1000"] },
  idle: { args: ["--scenario", "idle", "--concurrency", "25"], isOursOnly: true, isOnce: true },
};

/**
 * @typedef {object} Row
 * @property {string} name - For `--only`.
 * @property {string} title - `{idle}` stands for the number of idle workflows.
 * @property {string} reach - The target in words.
 * @property {string} measurement - Key of `MEASUREMENTS`.
 * @property {string} key - Of the load generator's result.
 * @property {"more" | "less"} better
 * @property {(facts: { fsyncMs: number | undefined }) => number | undefined} [limit] - Of ours.
 * @property {number} [ratioMin] - How many times better than the official server in memory.
 */

/** @type {readonly Row[]} */
export const ROWS = [
  {
    name: "hello-cpu",
    title: "server CPU per hello workflow, ms (raw client, 50 at once)",
    reach: "≤ 1.2 (first 1.5)",
    measurement: "helloRaw",
    key: "cpu_ms_per_op_server",
    better: "less",
    limit: () => 1.2,
  },
  {
    name: "hello-rate-raw",
    title: "hello workflows/s, client included (raw client, 50 at once)",
    reach: "≥ 12 × official in memory (first 10 ×)",
    measurement: "helloRaw",
    key: "per_s",
    better: "more",
    ratioMin: 12,
  },
  {
    name: "hello-rate",
    title: "hello workflows/s, client included (Go SDK, 50 at once)",
    reach: "≥ 12 × official in memory (first 10 ×)",
    measurement: "hello",
    key: "per_s",
    better: "more",
    ratioMin: 12,
  },
  {
    name: "hello-latency",
    title: "hello p50, ms (Go SDK, one at a time)",
    reach: "≤ 4 × fsync p50 + 3 ms",
    measurement: "helloAlone",
    key: "p50_ms",
    better: "less",
    limit: ({ fsyncMs }) => plus(fsyncMs, 4, 3),
  },
  {
    name: "chain-cpu",
    title: "chain of 100 activities, server CPU per step, ms (Go SDK, 50 at once)",
    reach: "≤ 0.5",
    measurement: "chain",
    key: "cpu_ms_per_step_server",
    better: "less",
    limit: () => 0.5,
  },
  {
    name: "signals",
    title: "signals/s to one workflow, acknowledged (Go SDK, 50 at once)",
    reach: "≥ 3,000",
    measurement: "signal",
    key: "per_s",
    better: "more",
    limit: () => 3000,
  },
  {
    name: "update-latency",
    title: "update round trip p50, ms (Go SDK, one at a time)",
    reach: "≤ 2 × fsync p50 + 2 ms",
    measurement: "updateAlone",
    key: "p50_ms",
    better: "less",
    limit: ({ fsyncMs }) => plus(fsyncMs, 2, 2),
  },
  {
    name: "update-rate",
    title: "updates/s (Go SDK, 50 at once)",
    reach: "≥ 1,500",
    measurement: "update",
    key: "per_s",
    better: "more",
    limit: () => 1500,
  },
  {
    name: "fanout",
    title: "1,000 activities at once in one workflow, s",
    reach: "≥ 8 × faster",
    measurement: "fanout",
    key: "total_s",
    better: "less",
    ratioMin: 8,
  },
  {
    name: "startup",
    title: "start to first answered RPC, empty store, ms",
    reach: "≤ 300",
    measurement: "startup",
    key: "system_info_ms",
    better: "less",
    limit: () => 300,
  },
  {
    name: "rss",
    title: "idle RSS, MB",
    reach: "≤ 120",
    measurement: "startup",
    key: "rss_mb_idle",
    better: "less",
    limit: () => 120,
  },
  {
    name: "idle-rss",
    title: "RSS with {idle} open idle workflows, MB",
    reach: "≤ 400",
    measurement: "idle",
    key: "rss_mb_open_server",
    better: "less",
    limit: () => 400,
  },
  {
    name: "idle-rate",
    title: "start rate of the last 1,000 of them, % of the first 1,000's",
    reach: "≥ 70",
    measurement: "idle",
    key: "last_to_first_pct",
    better: "more",
    limit: () => 70,
  },
];

function loop(scenario, concurrency) {
  return ["--scenario", scenario, "--concurrency", String(concurrency)];
}

/** Eight calls and four commits: no eager activities, and a sticky queue like all SDKs. */
function raw(scenario) {
  return [...loop(scenario, 50), "--no-eager", "--sticky"];
}

function plus(fsyncMs, factor, constantMs) {
  return fsyncMs === undefined ? undefined : factor * fsyncMs + constantMs;
}
