/** What letters after a backslash stand for in texts; others stand for themselves. */
const ESCAPES: Readonly<Record<string, string>> = {
  "0": "\0",
  b: "\b",
  n: "\n",
  r: "\r",
  t: "\t",
  Z: "\u001a",
};

/** The text between quotes; doubled quotes stand for one, a backslash for what comes after it. */
export function unquote(image: string): string {
  // While the parser records its grammar, tokens have no quotes.
  if (image.length < 2) return image;
  const quote = image.slice(0, 1);
  return image
    .slice(1, -1)
    .replace(/\\([\s\S])|''|""/g, (found: string, escaped: string | undefined) => {
      if (escaped !== undefined) return ESCAPES[escaped] ?? escaped;
      return found.startsWith(quote) ? quote : found;
    });
}

/** A quoted name without its quotes, which are no part of any name. */
export function nameOf(image: string): string {
  return image.replaceAll("`", "");
}
