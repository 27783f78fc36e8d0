/** What the machine is like while the bench runs. */
import { createHash } from "node:crypto";
import { closeSync, fsyncSync, openSync, unlinkSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { median } from "./figures.mjs";

const FSYNCS = 200;
/** About what SQLite writes for one commit: a page or two with their heads. */
const FSYNC_BYTES = 8192;

/** Returns the median time of an append with fsync on the disk of `folder`, milliseconds. */
export function fsyncP50Ms(folder) {
  const file = path.join(folder, "fsync.probe");
  const descriptor = openSync(file, "w");
  const block = Buffer.alloc(FSYNC_BYTES, 1);
  const times = [];
  for (let count = 0; count < FSYNCS; count++) {
    const startedAt = performance.now();
    writeSync(descriptor, block);
    fsyncSync(descriptor);
    times.push(performance.now() - startedAt);
  }
  closeSync(descriptor);
  unlinkSync(file);
  return median(times);
}

/**
 * Returns the CPU time of a fixed piece of work, milliseconds: it tells how fast the cores are just
 * now, which on a shared machine varies.
 */
export function calibrationMs() {
  const block = Buffer.alloc(65_536, "x");
  const before = process.cpuUsage();
  for (let count = 0; count < 2000; count++) createHash("sha256").update(block).digest();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** Cores that neither the server nor the load generator used while a result was measured. */
export function coresOfOthers(result) {
  const { host_busy_pct: busyPct, window_s: windowS } = result;
  if (typeof busyPct !== "number" || !(windowS > 0)) return undefined;
  const ownS = Object.entries(result)
    .filter(([key]) => key.startsWith("cpu_s_"))
    .reduce((sum, [, seconds]) => sum + seconds, 0);
  return Math.max(0, (busyPct / 100) * os.cpus().length - ownS / windowS);
}

/** One line about the hardware. */
export function describeMachine() {
  const cpus = os.cpus();
  const memoryGb = Math.round(os.totalmem() / 2 ** 30);
  return `${cpus.length} × ${cpus[0]?.model ?? "unknown"}, ${memoryGb} GB, ${os.type()}`;
}
