import { createToken, Lexer, type TokenType } from "chevrotain";

const Identifier = createToken({
  name: "Identifier",
  pattern: /[A-Za-z_][A-Za-z0-9_]*|`[^`]+`/,
});

function keyword(name: string, pattern: RegExp): TokenType {
  return createToken({ name, pattern, longer_alt: Identifier });
}

/** The tokens of the list-filter language. */
export const TOKENS = {
  space: createToken({ name: "Space", pattern: /\s+/, group: Lexer.SKIPPED }),
  and: keyword("And", /and/i),
  or: keyword("Or", /or/i),
  not: keyword("Not", /not/i),
  in: keyword("In", /in/i),
  between: keyword("Between", /between/i),
  startsWith: keyword("StartsWith", /starts_with/i),
  is: keyword("Is", /is/i),
  null: keyword("Null", /null/i),
  true: keyword("True", /true/i),
  false: keyword("False", /false/i),
  like: keyword("Like", /like/i),
  limit: keyword("Limit", /limit/i),
  orderBy: createToken({ name: "OrderBy", pattern: /order\s+by\b/i }),
  groupBy: createToken({ name: "GroupBy", pattern: /group\s+by\b/i }),
  ascending: keyword("Ascending", /asc/i),
  descending: keyword("Descending", /desc/i),
  identifier: Identifier,
  text: createToken({ name: "Text", pattern: /'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*"/ }),
  number: createToken({ name: "Number", pattern: /-?\d+(?:\.\d+)?/ }),
  comparison: createToken({ name: "Comparison", pattern: /!=|<>|<=|>=|=|<|>/ }),
  open: createToken({ name: "Open", pattern: /\(/ }),
  close: createToken({ name: "Close", pattern: /\)/ }),
  comma: createToken({ name: "Comma", pattern: /,/ }),
} as const;

/** Token types in the order in which the lexer tries them: keywords before identifiers. */
export const TOKEN_ORDER: TokenType[] = [
  TOKENS.space,
  TOKENS.orderBy,
  TOKENS.groupBy,
  TOKENS.and,
  TOKENS.or,
  TOKENS.not,
  TOKENS.in,
  TOKENS.between,
  TOKENS.startsWith,
  TOKENS.is,
  TOKENS.null,
  TOKENS.true,
  TOKENS.false,
  TOKENS.like,
  TOKENS.limit,
  TOKENS.ascending,
  TOKENS.descending,
  TOKENS.identifier,
  TOKENS.text,
  TOKENS.number,
  TOKENS.comparison,
  TOKENS.open,
  TOKENS.close,
  TOKENS.comma,
];

export const listFilterLexer = new Lexer(TOKEN_ORDER, { positionTracking: "onlyOffset" });
