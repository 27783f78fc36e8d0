/**
 * Hash that places an entity in the key range [0, 2^32): MurmurHash3 (x86, 32 bits) of the UTF-8
 * bytes of namespace ID, a zero byte and business ID. Stored rows depend on it: it never changes.
 */
export function hashKey(namespaceId: string, businessId: string): number {
  return murmur3(Buffer.from(`${namespaceId}\0${businessId}`, "utf8"));
}

function mixBlock(block: number): number {
  const first = Math.imul(block, 0xcc9e2d51);
  return Math.imul((first << 15) | (first >>> 17), 0x1b873593);
}

function murmur3(bytes: Buffer): number {
  let hash = 0;
  const wholeBytes = bytes.length - (bytes.length % 4);
  for (let offset = 0; offset < wholeBytes; offset += 4) {
    hash ^= mixBlock(bytes.readInt32LE(offset));
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let offset = bytes.length - 1; offset >= wholeBytes; offset--) {
    tail = (tail << 8) | (bytes[offset] ?? 0);
  }
  if (wholeBytes < bytes.length) hash ^= mixBlock(tail);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
