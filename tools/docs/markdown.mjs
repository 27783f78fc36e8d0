/** Reads from Markdown what the test of the documents checks. */

const FENCE = /^```(\w*)\n([\s\S]*?)^```$/gm;
const INLINE_LINK = /\[(?:[^\]\\]|\\.)*\]\(([^)\s]+)\)/g;
const SYMBOL_LINK = /\[`(#?[A-Za-z]\w*)`\]\(([^)\s#]+)\)/g;
const SCRIPT = /\bnpm run ([\w:-]+)/g;
const PATH = /(?<![\w/.@-])(?:packages|conformance|docs|tools|bench|examples)\/[\w./-]*\w/g;
/** Paths of these are made by a build, an installation or a run. */
const MADE = /(^|\/)(dist|node_modules|\.cache|\.venv)(\/|$)/;

/**
 * The fenced blocks of a document.
 *
 * @returns {{ title: string, language: string, code: string }[]} `title` is the last line of text
 *   before the block.
 */
export function codeBlocks(text) {
  return [...text.matchAll(FENCE)].map((match) => {
    const title = text.slice(0, match.index).trimEnd().split("\n").at(-1) ?? "";
    return { title, language: match[1], code: match[2] };
  });
}

/** Targets of relative links, anchors included. */
export function links(text) {
  const targets = [...withoutFences(text).matchAll(INLINE_LINK)].map((match) => match[1]);
  return targets.filter((target) => !/^[a-z]+:/i.test(target));
}

/** Anchors of a document's headings, as GitHub makes them. */
export function headingAnchors(text) {
  const anchors = new Set();
  for (const [, heading] of withoutFences(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const slug = heading
      .trim()
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
      .replaceAll(/\s/g, "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Links whose text is a name of code: the name, and the file that it should be in. */
export function namedSymbols(text) {
  return [...withoutFences(text).matchAll(SYMBOL_LINK)].map(([, symbol, target]) => ({
    symbol,
    target,
  }));
}

/** Names of npm scripts in the whole text, but not those of one workspace (`-w`). */
export function mentionedScripts(text) {
  const own = text.split("\n").filter((line) => !/ -w /.test(line));
  return [...own.join("\n").matchAll(SCRIPT)].map((match) => match[1]);
}

/** Paths from the root of the repository, in text and code, but not in links. */
export function mentionedPaths(text) {
  const plain = text.replaceAll(INLINE_LINK, "");
  const paths = [...plain.matchAll(PATH)].map((match) => match[0]);
  return paths.filter((place) => !MADE.test(place));
}

function withoutFences(text) {
  return text.replaceAll(FENCE, "");
}
