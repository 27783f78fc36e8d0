import { formatUuid, type Random } from "@perdure/kernel";

/** Makes the ID of a new store: a UUID of version 4 (RFC 9562). */
export function newClusterId(random: Random): string {
  const bytes = random.fill(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return formatUuid(bytes);
}
