/** What holds for the text of every file. */

const COLUMNS_MAX = 100;
/** These speak of the marks themselves. */
const OWN_FOLDER = "tools/tidy/";
const MARK = /\b(TODO|FIXME|XXX|HACK)\b(?!\(#\d+\))/;
const COMMENT = /^\s*(\/\/|\/\*|\*|#)/;
const ADDRESS = /https?:\/\//;
/** Code that the formatter leaves on one line: addresses, imports, texts and patterns. */
const UNBREAKABLE = /^\s*(import|export)\b|^\} from "|["'`]|\/[^/\n]+\/[a-z]*[,;)]/;
/** Without Go, whose formatter leaves the length of lines alone. */
const SOURCE = /\.(m?js|tsx?|py|proto)$/;
const TEXT = /\.(m?js|tsx?|py|go|proto|json|md|ya?ml|css|html)$/;
const VAGUE_NAME = /(^|\/)(utils?|helpers?|types|managers?|misc|common)\.[a-z]+$/;

/**
 * @param {import("../source-file.mjs").SourceFile} file
 * @returns {import("../source-file.mjs").Problem[]}
 */
export function checkText(file) {
  return [...checkName(file), ...checkLines(file)];
}

function checkName({ path, isCode }) {
  if (!isCode || !VAGUE_NAME.test(path)) return [];
  return [{ path, line: 1, message: "the file's name says nothing: name the thing that is in it" }];
}

function checkLines(file) {
  const problems = [];
  const isMarkable = TEXT.test(file.path) && !file.path.startsWith(OWN_FOLDER);
  for (const [index, text] of file.lines.entries()) {
    const at = { path: file.path, line: index + 1 };
    if (SOURCE.test(file.path) && isTooLong(text)) {
      const message = `${text.length} columns, at most ${COLUMNS_MAX}: break the line`;
      problems.push({ ...at, message });
    }
    const mark = isMarkable ? MARK.exec(text)?.[1] : undefined;
    if (mark !== undefined) {
      problems.push({ ...at, message: `${mark} without an issue: write TODO(#123), or do it` });
    }
  }
  return problems;
}

function isTooLong(text) {
  if (text.length <= COLUMNS_MAX || ADDRESS.test(text)) return false;
  return COMMENT.test(text) || !UNBREAKABLE.test(text);
}
