/** Makes the rows of the table out of what was measured. */
import { isMet, median, ratio } from "./figures.mjs";

/**
 * @typedef {object} Sample
 * @property {string} measurement
 * @property {string} server
 * @property {Record<string, unknown>} [result]
 * @property {string} [problem]
 */

/**
 * Returns one row of the table: medians of the samples, the ratio, and whether the target is met.
 *
 * @param {import("./rows.mjs").Row} row
 * @param {readonly Sample[]} samples
 * @param {{ servers: readonly string[], fsyncMs: number | undefined, idleCount: number }} facts
 * @returns {import("./table.mjs").ReportRow}
 */
export function reportRow(row, samples, { servers, fsyncMs, idleCount }) {
  const own = samples.filter(({ measurement }) => measurement === row.measurement);
  const figureOf = (server) =>
    median(own.filter((each) => each.server === server).flatMap((each) => valuesOf(each, row.key)));
  const figures = servers.map(figureOf);
  const ours = figureOf("perdure");
  const times = ratio(ours, figureOf("memory"), row.better);
  const limit = row.limit?.({ fsyncMs });
  const problem = own.find(({ server, problem }) => server === "perdure" && problem !== undefined);
  return {
    title: row.title.replace("{idle}", idleCount.toLocaleString("en-US")),
    target: limit === undefined || !row.reach.includes("fsync") ? row.reach : withValue(row, limit),
    figures,
    ratio: times,
    isMet: row.ratioMin === undefined ? isMet(ours, limit, row.better) : reaches(times, row),
    note: shorten(problem?.problem),
  };
}

/** Returns the middle of a condition that every sample has, such as how busy the machine was. */
export function medianOf(samples, key) {
  return median(samples.flatMap((sample) => valuesOf(sample, key)));
}

function valuesOf({ result }, key) {
  const value = result?.[key];
  return typeof value === "number" ? [value] : [];
}

function reaches(times, { ratioMin }) {
  return isMet(times, ratioMin, "more");
}

function withValue({ reach }, limit) {
  return `${reach} = ${limit.toFixed(1)}`;
}

/** A table has no room for more. */
function shorten(text) {
  return text?.replaceAll("|", "/").slice(0, 60);
}
