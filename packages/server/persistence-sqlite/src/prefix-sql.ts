import type { SqlText } from "./visibility-sql.js";

/** As a range of a column or an expression. */
export function prefixSql(text: string, prefix: string): SqlText {
  const end = prefixEnd(prefix);
  if (end === undefined) return { sql: `${text} >= ?`, values: [prefix] };
  return { sql: `${text} >= ? AND ${text} < ?`, values: [prefix, end] };
}

/** The least text after all that begin with `prefix`; `undefined` when there is none. */
function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (character) => character.codePointAt(0) ?? 0);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    if (last === 0x10ffff) continue;
    // Surrogates are no characters: UTF-8 goes from U+D7FF straight to U+E000.
    points.push(last === 0xd7ff ? 0xe000 : last + 1);
    return String.fromCodePoint(...points);
  }
  return undefined;
}
