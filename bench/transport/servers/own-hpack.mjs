// HPACK (RFC 7541), the reading half. The Huffman code is canonical, so its lengths define it.
// prettier-ignore
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
const STATIC = [
  ":authority",
  ":method=GET",
  ":method=POST",
  ":path=/",
  ":path=/index.html",
  ":scheme=http",
  ":scheme=https",
  ":status=200",
  ":status=204",
  ":status=206",
  ":status=304",
  ":status=400",
  ":status=404",
  ":status=500",
  "accept-charset",
  "accept-encoding=gzip, deflate",
  "accept-language",
  "accept-ranges",
  "accept",
  "access-control-allow-origin",
  "age",
  "allow",
  "authorization",
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-length",
  "content-location",
  "content-range",
  "content-type",
  "cookie",
  "date",
  "etag",
  "expect",
  "expires",
  "from",
  "host",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "last-modified",
  "link",
  "location",
  "max-forwards",
  "proxy-authenticate",
  "proxy-authorization",
  "range",
  "referer",
  "refresh",
  "retry-after",
  "server",
  "set-cookie",
  "strict-transport-security",
  "transfer-encoding",
  "user-agent",
  "vary",
  "via",
  "www-authenticate",
].map((field) => [...field.split("="), ""].slice(0, 2));

/** A binary tree in an array: pairs of children, a leaf is ~symbol. */
const TREE = buildTree();

function buildTree() {
  const tree = [0, 0];
  const symbols = CODE_LENGTHS.map((length, symbol) => ({ length, symbol }));
  symbols.sort((a, b) => a.length - b.length || a.symbol - b.symbol);
  let code = 0;
  let length = symbols[0].length;
  for (const next of symbols) {
    code *= 2 ** (next.length - length);
    length = next.length;
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit -= 1) {
      const at = node + ((code >>> bit) & 1);
      if (bit === 0) tree[at] = ~next.symbol;
      else {
        if (tree[at] === 0) tree[at] = tree.push(0, 0) - 2;
        node = tree[at];
      }
    }
    code += 1;
  }
  return Int32Array.from(tree);
}

function huffman(bytes, from, to) {
  let out = "";
  let node = 0;
  for (let at = from; at < to; at += 1) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      node = TREE[node + ((bytes[at] >>> bit) & 1)];
      if (node < 0) {
        out += String.fromCharCode(~node);
        node = 0;
      }
    }
  }
  return out;
}

export class HpackDecoder {
  #table = [];
  #size = 0;
  #sizeMax;
  #at = 0;

  constructor(sizeMax) {
    this.#sizeMax = sizeMax;
  }

  decode(bytes, from, to) {
    const headers = new Map();
    this.#at = from;
    while (this.#at < to) {
      const first = bytes[this.#at];
      if (first >= 0x80) {
        const [name, value] = this.#field(this.#integer(bytes, 7));
        headers.set(name, value);
      } else if (first >= 0x40) {
        const field = this.#literal(bytes, 6);
        this.#add(field);
        headers.set(field[0], field[1]);
      } else if (first >= 0x20) {
        this.#sizeMax = this.#integer(bytes, 5);
        this.#evict();
      } else {
        const [name, value] = this.#literal(bytes, 4);
        headers.set(name, value);
      }
    }
    return headers;
  }

  #literal(bytes, bits) {
    const index = this.#integer(bytes, bits);
    const name = index === 0 ? this.#string(bytes) : this.#field(index)[0];
    return [name, this.#string(bytes)];
  }

  #field(index) {
    if (index <= STATIC.length) return STATIC[index - 1];
    return this.#table[this.#table.length - (index - STATIC.length)];
  }

  #add(field) {
    this.#table.push(field);
    this.#size += 32 + field[0].length + field[1].length;
    this.#evict();
  }

  #evict() {
    while (this.#size > this.#sizeMax) {
      const [name, value] = this.#table.shift();
      this.#size -= 32 + name.length + value.length;
    }
  }

  #string(bytes) {
    const isHuffman = bytes[this.#at] >= 0x80;
    const length = this.#integer(bytes, 7);
    const from = this.#at;
    this.#at += length;
    return isHuffman ? huffman(bytes, from, this.#at) : bytes.latin1Slice(from, this.#at);
  }

  #integer(bytes, bits) {
    const mask = (1 << bits) - 1;
    let value = bytes[this.#at++] & mask;
    if (value < mask) return value;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[this.#at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }
}
