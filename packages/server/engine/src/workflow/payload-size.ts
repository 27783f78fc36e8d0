import { Payloads, type PayloadsInit } from "@perdure/proto/temporal/api/common/v1";

/** More than the tags and lengths around one payload, or one entry of its metadata, can take. */
const ENVELOPE_BYTES = 24;

/** Whether a payload list takes more than `bytesMax` on the wire. */
export function isLargerThan(payloads: PayloadsInit | undefined, bytesMax: number): boolean {
  if (payloads === undefined) return false;
  // A list that is far from the limit is not encoded only to be measured.
  if (roughBytes(payloads) <= bytesMax) return false;
  return Payloads.encode(payloads).length > bytesMax;
}

/** At least the size on the wire. */
function roughBytes(payloads: PayloadsInit): number {
  let bytes = 0;
  for (const payload of payloads.payloads ?? []) {
    const { data, metadata, externalPayloads } = payload;
    if (externalPayloads !== undefined && externalPayloads.length > 0) return Infinity;
    bytes += ENVELOPE_BYTES + (data?.length ?? 0);
    for (const [name, value] of metadata ?? []) {
      bytes += ENVELOPE_BYTES + 3 * name.length + value.length;
    }
  }
  return bytes;
}
