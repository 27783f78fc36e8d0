import { InvalidArgumentError } from "@perdure/kernel";
import { type JsonMember, type JsonNode, positionOf } from "./json-node.js";

/** How deep arrays and objects may nest; what is deeper is no request. */
const DEPTH_MAX = 500;

/** What a value at the beginning of a text is, and the text from there on. */
export interface ParsedJson {
  readonly node: JsonNode;
  /** Positions of the node count from its beginning. */
  readonly text: string;
}

/**
 * Parses the JSON value at the beginning of `text`; what follows it is not looked at, as with the
 * official server. `undefined`: there is nothing but white space.
 *
 * @throws {InvalidArgumentError} In the words of Go's `encoding/json`.
 */
export function parseJson(text: string): ParsedJson | undefined {
  const trimmed = text.replace(/^[ \t\r\n]+/, "");
  if (trimmed === "") return undefined;
  return { node: new Parser(trimmed).value(), text: trimmed };
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(): JsonNode {
    const at = this.#at;
    switch (this.#text[at]) {
      case "{":
        return this.#nested(() => this.#object(at));
      case "[":
        return this.#nested(() => this.#array(at));
      case '"':
        return { kind: "string", ...this.#string(), at };
      case "t":
        return { kind: "boolean", value: true, raw: this.#literal("true"), at };
      case "f":
        return { kind: "boolean", value: false, raw: this.#literal("false"), at };
      case "n":
        return { kind: "null", raw: this.#literal("null"), at };
      default:
        return { kind: "number", raw: this.#number(), at };
    }
  }

  #nested(read: () => JsonNode): JsonNode {
    if (++this.#depth > DEPTH_MAX) throw new InvalidArgumentError("exceeded max depth");
    const node = read();
    this.#depth -= 1;
    return node;
  }

  #object(at: number): JsonNode {
    const members: JsonMember[] = [];
    this.#at += 1;
    this.#skipSpace();
    while (members.length > 0 || this.#text[this.#at] !== "}") {
      const nameAt = this.#at;
      if (this.#text[nameAt] !== '"') this.#fail("looking for beginning of object key string");
      const { value: name, raw } = this.#string();
      this.#skipSpace();
      if (this.#text[this.#at] !== ":") this.#fail("after object key");
      this.#at += 1;
      this.#skipSpace();
      members.push({ name, raw, at: nameAt, value: this.value() });
      this.#skipSpace();
      if (this.#text[this.#at] === "}") break;
      if (this.#text[this.#at] !== ",") this.#fail("after object key:value pair");
      this.#at += 1;
      this.#skipSpace();
    }
    this.#at += 1;
    return { kind: "object", members, raw: "{", at };
  }

  #array(at: number): JsonNode {
    const items: JsonNode[] = [];
    this.#at += 1;
    this.#skipSpace();
    while (items.length > 0 || this.#text[this.#at] !== "]") {
      items.push(this.value());
      this.#skipSpace();
      if (this.#text[this.#at] === "]") break;
      if (this.#text[this.#at] !== ",") this.#fail("after array element");
      this.#at += 1;
      this.#skipSpace();
    }
    this.#at += 1;
    return { kind: "array", items, raw: "[", at };
  }

  #string(): { readonly value: string; readonly raw: string } {
    const begin = this.#at;
    let value = "";
    this.#at += 1;
    for (;;) {
      const plain = this.#match(/[ !#-[\]-\uffff]+/y);
      value += plain;
      const char = this.#text[this.#at];
      if (char === '"') break;
      if (char !== "\\") this.#fail("in string literal");
      value += this.#escape();
    }
    this.#at += 1;
    if (/\p{Surrogate}/u.test(value)) {
      const position = positionOf(this.#text, begin);
      const problem = "invalid escape code in string";
      throw new InvalidArgumentError(`temporalproto: syntax error (line ${position}): ${problem}`);
    }
    return { value, raw: this.#text.slice(begin, this.#at) };
  }

  #escape(): string {
    this.#at += 1;
    const char = this.#text[this.#at] ?? "";
    const simple = ESCAPES.get(char);
    if (simple !== undefined) {
      this.#at += 1;
      return simple;
    }
    if (char !== "u") this.#fail("in string escape code");
    this.#at += 1;
    const digits = this.#match(/[0-9a-fA-F]{1,4}/y);
    if (digits.length < 4) this.#fail("in \\u hexadecimal character escape");
    return String.fromCharCode(Number.parseInt(digits, 16));
  }

  #literal(word: string): string {
    const begin = this.#at;
    for (const char of word) {
      if (this.#text[this.#at] !== char) {
        this.#fail(this.#at === begin ? BEGINNING : `in literal ${word} (expecting '${char}')`);
      }
      this.#at += 1;
    }
    return word;
  }

  #number(): string {
    const begin = this.#at;
    const sign = this.#match(/-/y);
    if (this.#match(/0|[1-9][0-9]*/y) === "") {
      this.#fail(sign === "" ? BEGINNING : "in numeric literal");
    }
    if (this.#match(/\./y) !== "" && this.#match(/[0-9]+/y) === "") {
      this.#fail("after decimal point in numeric literal");
    }
    if (this.#match(/[eE][+-]?/y) !== "" && this.#match(/[0-9]+/y) === "") {
      this.#fail("in exponent of numeric literal");
    }
    return this.#text.slice(begin, this.#at);
  }

  #skipSpace(): void {
    this.#match(/[ \t\r\n]+/y);
  }

  /** Takes what a sticky pattern finds here; an empty text if that is nothing. */
  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }

  #fail(where: string): never {
    if (this.#at >= this.#text.length) throw new InvalidArgumentError("unexpected EOF");
    const char = quoteChar(this.#text.slice(this.#at));
    throw new InvalidArgumentError(`invalid character ${char} ${where}`);
  }
}

const BEGINNING = "looking for beginning of value";

/** Quotes the first byte of a text as Go does. */
function quoteChar(text: string): string {
  const byte = Buffer.from(text.slice(0, 2), "utf8")[0] ?? 0;
  const char = String.fromCharCode(byte);
  if (char === "'") return "'\\''";
  if (char === '"') return "'\"'";
  const quoted = JSON.stringify(char).slice(1, -1);
  return `'${quoted.replace(/^\\u00/, "\\x")}'`;
}
