const CONTEXT_LINES = 3;

/** One line of a comparison. */
export interface DiffLine {
  readonly kind: "same" | "expected" | "actual";
  readonly text: string;
}

/**
 * Compares two values as indented JSON and returns the differing lines with some context: `-` what
 * was expected, `+` what came, `…` where equal lines are left out. Empty when the values are equal.
 */
export function readableDiff(expected: unknown, actual: unknown): string {
  const lines = diffLines(jsonLines(expected), jsonLines(actual));
  if (lines.every((line) => line.kind === "same")) return "";
  return withContext(lines).join("\n");
}

/** Turns one list of lines into the other with as few removals and additions as possible. */
export function diffLines(expected: readonly string[], actual: readonly string[]): DiffLine[] {
  const lengths = commonLengths(expected, actual);
  const lines: DiffLine[] = [];
  let e = 0;
  let a = 0;
  while (e < expected.length || a < actual.length) {
    const [left, right] = [expected[e], actual[a]];
    if (left !== undefined && left === right) {
      lines.push({ kind: "same", text: left });
      e += 1;
      a += 1;
    } else if (
      left !== undefined &&
      (right === undefined || at(lengths, e + 1, a) >= at(lengths, e, a + 1))
    ) {
      lines.push({ kind: "expected", text: left });
      e += 1;
    } else {
      lines.push({ kind: "actual", text: right ?? "" });
      a += 1;
    }
  }
  return lines;
}

/** Length of the longest common subsequence of the rests that begin at each pair of lines. */
function commonLengths(expected: readonly string[], actual: readonly string[]): Uint32Array[] {
  const rows = expected.map(() => new Uint32Array(actual.length + 1));
  rows.push(new Uint32Array(actual.length + 1));
  for (let e = expected.length - 1; e >= 0; e -= 1) {
    const row = rows[e];
    for (let a = actual.length - 1; row !== undefined && a >= 0; a -= 1) {
      const isCommon = expected[e] === actual[a];
      row[a] = isCommon
        ? at(rows, e + 1, a + 1) + 1
        : Math.max(at(rows, e + 1, a), at(rows, e, a + 1));
    }
  }
  return rows;
}

function at(rows: readonly Uint32Array[], row: number, column: number): number {
  return rows[row]?.[column] ?? 0;
}

function withContext(lines: readonly DiffLine[]): string[] {
  const result: string[] = [];
  lines.forEach((line, index) => {
    const around = lines.slice(Math.max(0, index - CONTEXT_LINES), index + CONTEXT_LINES + 1);
    if (around.some((near) => near.kind !== "same")) {
      const sign = { same: " ", expected: "-", actual: "+" }[line.kind];
      result.push(`${sign} ${line.text}`);
    } else if (result.at(-1) !== "…") {
      result.push("…");
    }
  });
  return result;
}

function jsonLines(value: unknown): string[] {
  return value === undefined ? [] : JSON.stringify(value, null, 2).split("\n");
}
