import { Http2ConnectionError, Http2ErrorCode } from "./http2-error.js";

/** Lengths of the codes of all bytes and of the end mark. They define the code: it is canonical. */
// biome-ignore format: a table
const CODE_LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26, 30,
];
const END_MARK = 256;

/** Pairs of children by node; a leaf is `~symbol`. */
const TREE = buildTree();

function buildTree(): Int32Array {
  const tree = [0, 0];
  const symbols = CODE_LENGTHS.map((length, symbol) => ({ length, symbol }));
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  let code = 0;
  let length = symbols[0]?.length ?? 0;
  for (const next of symbols) {
    code *= 2 ** (next.length - length);
    length = next.length;
    addLeaf(tree, { code, length, symbol: next.symbol });
    code += 1;
  }
  return Int32Array.from(tree);
}

function addLeaf(
  tree: number[],
  leaf: { readonly code: number; readonly length: number; readonly symbol: number },
): void {
  let node = 0;
  for (let bit = leaf.length - 1; bit > 0; bit--) {
    const at = node + ((leaf.code >>> bit) & 1);
    if (tree[at] === 0) tree[at] = tree.push(0, 0) - 2;
    node = tree[at] ?? 0;
  }
  tree[node + (leaf.code & 1)] = ~leaf.symbol;
}

/**
 * Decodes a string in HPACK's Huffman code (RFC 7541, section 5.2), as latin1.
 *
 * @throws {Http2ConnectionError} The bytes are no such string.
 */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  let node = 0;
  let pendingBits = 0;
  let isPadding = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >>> shift) & 1;
      node = TREE[node + bit] ?? 0;
      pendingBits += 1;
      isPadding &&= bit === 1;
      if (node >= 0) continue;
      if (~node === END_MARK) throw badString();
      text += String.fromCharCode(~node);
      node = 0;
      pendingBits = 0;
      isPadding = true;
    }
  }
  // What is left over must be the beginning of the end mark, which is all ones.
  if (pendingBits > 7 || !isPadding) throw badString();
  return text;
}

function badString(): Http2ConnectionError {
  return new Http2ConnectionError(Http2ErrorCode.COMPRESSION_ERROR, "Malformed Huffman string");
}
