/** Every package says what it is for. */

const LINES_MAX = 60;

/**
 * @param {{ name: string, description?: string }} manifest - The package's `package.json`.
 * @param {string} path - Where its README belongs.
 * @param {string | undefined} text - The README, if there is one.
 * @returns {import("../source-file.mjs").Problem[]}
 */
export function checkReadme({ name, description }, path, text) {
  const problem = (message) => [{ path, line: 1, message }];
  if (text === undefined) return problem("missing: say purpose, entry points and invariants");
  const [title, opening = ""] = text.split("\n\n");
  if (title !== `# ${name}`) return problem(`the title must be "# ${name}"`);
  if (!plain(opening).startsWith(plain(description))) {
    return problem(`must open with the description of package.json: "${description}"`);
  }
  const lineCount = text.trimEnd().split("\n").length;
  if (lineCount > LINES_MAX) return problem(`${lineCount} lines, at most a page (${LINES_MAX})`);
  return [];
}

/** Marks of code belong to the README alone. */
function plain(text = "") {
  return text.replaceAll("`", "").replaceAll("\n", " ").trim();
}
