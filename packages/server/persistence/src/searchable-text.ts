/**
 * The words of a text, in lower case and without accents, each between two spaces: a text has some
 * words in a row when its searchable form contains theirs.
 */
export function searchableText(text: string): string {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = plain.match(/[\p{L}\p{N}\p{Co}]+/gu) ?? [];
  return ` ${words.join(" ")} `;
}
