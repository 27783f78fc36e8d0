import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { parseJson } from "./parse-json.js";

describe("parseJson()", () => {
  it("keeps places, duplicates and the digits of numbers", () => {
    const node = parseJson(' \n{"a":1.50e2, "a" : [true,null]} rest')?.node;
    assert.deepEqual(node, {
      kind: "object",
      raw: "{",
      at: 0,
      members: [
        { name: "a", raw: '"a"', at: 1, value: { kind: "number", raw: "1.50e2", at: 5 } },
        {
          name: "a",
          raw: '"a"',
          at: 13,
          value: {
            kind: "array",
            raw: "[",
            at: 19,
            items: [
              { kind: "boolean", value: true, raw: "true", at: 20 },
              { kind: "null", raw: "null", at: 25 },
            ],
          },
        },
      ],
    });
  });

  it("reads every escape", () => {
    const text = String.raw`"\"\\\/\b\f\n\r\t\u00e4\ud83d\ude00"`;
    const node = parseJson(text)?.node;
    assert.equal(node?.kind === "string" && node.value, '"\\/\b\f\n\r\tä😀');
  });

  it("finds nothing in white space", () => {
    assert.equal(parseJson(" \t\r\n"), undefined);
  });

  const illegal: readonly (readonly [string, string])[] = [
    ["xyz", "invalid character 'x' looking for beginning of value"],
    ["{", "unexpected EOF"],
    ['{"a"', "unexpected EOF"],
    ['"abc', "unexpected EOF"],
    ["tru", "unexpected EOF"],
    ["tr0", "invalid character '0' in literal true (expecting 'u')"],
    ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ["[1 2]", "invalid character '2' after array element"],
    ["[1,]", "invalid character ']' looking for beginning of value"],
    ["[01]", "invalid character '1' after array element"],
    ["-x", "invalid character 'x' in numeric literal"],
    ["1.x", "invalid character 'x' after decimal point in numeric literal"],
    ["1ex", "invalid character 'x' in exponent of numeric literal"],
    [String.raw`"\x"`, "invalid character 'x' in string escape code"],
    [String.raw`"\u12g4"`, String.raw`invalid character 'g' in \u hexadecimal character escape`],
    ['"a\nb"', String.raw`invalid character '\n' in string literal`],
    ['"a\u0001b"', String.raw`invalid character '\x01' in string literal`],
    ["'", String.raw`invalid character '\'' looking for beginning of value`],
    ["[".repeat(501), "exceeded max depth"],
    [String.raw`"\ud800"`, "temporalproto: syntax error (line 1:1): invalid escape code in string"],
  ];
  for (const [text, message] of illegal) {
    it(`refuses ${text.slice(0, 20)}`, () => {
      assert.throws(() => parseJson(text), new InvalidArgumentError(message));
    });
  }
});
