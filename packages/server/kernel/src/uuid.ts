import type { Random } from "./random.js";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Makes UUIDs of version 7 (RFC 9562): their order is the order of their milliseconds. */
export function uuidV7(nowMs: number, random: Random): string {
  const bytes = random.fill(new Uint8Array(16));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(nowMs / 2 ** 32));
  view.setUint32(2, nowMs % 2 ** 32);
  view.setUint8(6, (view.getUint8(6) & 0x0f) | 0x70);
  view.setUint8(8, (view.getUint8(8) & 0x3f) | 0x80);
  return formatUuid(bytes);
}

/** Formats 16 bytes as a UUID in lower case. */
export function formatUuid(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < 16; index++) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += HEX[bytes[index] ?? 0];
  }
  return text;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether `text` is a UUID in its usual form of 36 characters. */
export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** Reads a UUID into its 16 bytes; `undefined` when `text` is none. */
export function parseUuid(text: string): Uint8Array | undefined {
  if (!isUuid(text)) return undefined;
  return new Uint8Array(Buffer.from(text.replaceAll("-", ""), "hex"));
}
