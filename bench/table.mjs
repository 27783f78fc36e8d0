/** The bench's report. */
import { formatNumber } from "./figures.mjs";

/**
 * @typedef {object} ReportRow
 * @property {string} title - What was measured, with its unit.
 * @property {string} target - What is to be reached, in words.
 * @property {readonly (number | undefined)[]} figures - One for each server.
 * @property {number | undefined} ratio - How many times better than the second server we are.
 * @property {boolean | undefined} isMet
 * @property {string} [note] - Why there is no figure.
 */

/** Returns a Markdown table; `servers` are the headings of the figures. */
export function formatTable(servers, rows) {
  const heads = ["figure", "reach", ...servers, "× official", "met"];
  const lines = [heads, ["---", "---", ...servers.map(() => "--:"), "--:", "---"]];
  for (const row of rows) lines.push(cells(row));
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

function cells({ title, target, figures, ratio, isMet, note }) {
  const verdict = isMet === undefined ? "n/a" : isMet ? "yes" : "**no**";
  const [ours, ...theirs] = figures;
  const cell = ours === undefined && note !== undefined ? `n/a (${note})` : formatNumber(ours);
  const others = theirs.map((figure) => (figure === undefined ? "–" : formatNumber(figure)));
  return [title, target, cell, ...others, ratio === undefined ? "–" : formatNumber(ratio), verdict];
}

/** Returns the lines that say where and how the figures were taken. */
export function formatConditions(conditions) {
  return Object.entries(conditions)
    .map(([name, value]) => `- ${name}: ${value}`)
    .join("\n");
}
