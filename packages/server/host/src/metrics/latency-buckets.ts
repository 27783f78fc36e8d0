/** Bounds of histograms of times, seconds: fine where a healthy server is, up to a long poll. */
export const LATENCY_BUCKETS: number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5],
  ...[1, 2, 5, 10, 20, 60],
];
