const HYPHENATED_LENGTH = 36;
const FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Why a text is no UUID, in the words of the official server; `undefined` when it is one. */
export function uuidProblem(text: string): string | undefined {
  const { length } = text;
  if (length !== HYPHENATED_LENGTH) return `invalid UUID length: ${length}`;
  return FORM.test(text) ? undefined : "invalid UUID format";
}
