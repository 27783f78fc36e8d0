import { formatUuid } from "@perdure/kernel";

const UUID_LENGTH = 36;
const DASH = 0x2d;

/** Value of a lower-case hexadecimal digit by its character code; 255 for other characters. */
const HEX_VALUES = new Uint8Array(128).fill(255);
for (let value = 0; value < 16; value++) HEX_VALUES[value.toString(16).charCodeAt(0)] = value;

/**
 * Writes the 16 bytes of a UUID in lower case; false, with `target` in any state, when `text` is
 * something else.
 */
export function writeUuid(text: string, target: Uint8Array, offset: number): boolean {
  if (text.length !== UUID_LENGTH) return false;
  let end = offset;
  for (let index = 0; index < UUID_LENGTH; index += 2) {
    if (index === 8 || index === 13 || index === 18 || index === 23) {
      if (text.charCodeAt(index) !== DASH) return false;
      index++;
    }
    const high = HEX_VALUES[text.charCodeAt(index)] ?? 255;
    const low = HEX_VALUES[text.charCodeAt(index + 1)] ?? 255;
    if ((high | low) > 15) return false;
    target[end++] = (high << 4) | low;
  }
  return true;
}

/** A run ID as a column holds it: 16 bytes for a UUID in lower case, else the text itself. */
export type RunIdValue = Uint8Array | string;

/** Makes the value of a column. */
export function toRunIdValue(runId: string): RunIdValue {
  const bytes = new Uint8Array(16);
  return writeUuid(runId, bytes, 0) ? bytes : runId;
}

/** Reads the value of a column. */
export function fromRunIdValue(value: RunIdValue): string {
  return typeof value === "string" ? value : formatUuid(value);
}

/** SQL for the text of a column of run IDs. No index serves it. */
export function runIdTextSql(column: string): string {
  const part = (start: number, length: number): string =>
    `substr(lower(hex(${column})), ${start}, ${length})`;
  const parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
  return `iif(typeof(${column}) = 'blob', ${parts.join(" || '-' || ")}, ${column})`;
}
