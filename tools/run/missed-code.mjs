/** Finds the code that no test took, in what V8 recorded of several processes. */
import { SourceMap } from "node:module";

/**
 * @typedef {object} FunctionCoverage
 * @property {readonly { startOffset: number, endOffset: number, count: number }[]} ranges - The
 *   whole function first; inner ranges are those whose count differs.
 */

/**
 * Returns the parts of a script that no process ran, as offsets.
 *
 * @param {readonly (readonly FunctionCoverage[])[]} records - Of each process that loaded it.
 * @param {number} length - Of the script.
 * @returns {{ start: number, end: number }[]}
 */
export function missedParts(records, length) {
  const isTaken = new Uint8Array(length);
  for (const functions of records) {
    const taken = new Uint8Array(length);
    for (const { ranges } of functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        taken.fill(count > 0 ? 1 : 0, startOffset, endOffset);
      }
    }
    for (let offset = 0; offset < length; offset++) isTaken[offset] |= taken[offset];
  }
  return gapsOf(isTaken);
}

function gapsOf(isTaken) {
  const gaps = [];
  for (let start = isTaken.indexOf(0); start >= 0; ) {
    const next = isTaken.indexOf(1, start);
    const end = next < 0 ? isTaken.length : next;
    gaps.push({ start, end });
    start = isTaken.indexOf(0, end);
  }
  return gaps;
}

/**
 * Returns the numbers, counted from 1, of the source's lines on which a missed part begins or
 * goes on. Brackets alone make no line.
 *
 * @param {string} script - The compiled text.
 * @param {object} sourceMap - Its map, as parsed JSON.
 * @param {readonly { start: number, end: number }[]} parts
 */
export function missedLines(script, sourceMap, parts) {
  const map = new SourceMap(sourceMap);
  const lines = new Set();
  for (const { start, end } of parts) {
    for (const word of script.slice(start, end).matchAll(/\w+/g)) {
      const before = script.slice(0, start + word.index);
      const line = before.split("\n").length - 1;
      const column = before.length - before.lastIndexOf("\n") - 1;
      const { originalLine } = map.findEntry(line, column);
      if (originalLine !== undefined) lines.add(originalLine + 1);
    }
  }
  return [...lines].sort((a, b) => a - b);
}
