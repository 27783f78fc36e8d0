// cspell:ignore rlike
import { createToken, Lexer, type TokenType } from "chevrotain";
import { RESERVED_WORDS } from "./reserved-words.js";

/** Also what stands for nothing: words of the dialect that have no meaning in a filter. */
const Word = createToken({ name: "Word", pattern: /[A-Za-z_@][A-Za-z0-9_@]*/ });

/** Matches a reserved word where one stands. */
function reservedWord(text: string, offset: number): [string] | null {
  const word = /[A-Za-z_@][A-Za-z0-9_@]*/y;
  word.lastIndex = offset;
  const found = word.exec(text)?.[0];
  return found !== undefined && RESERVED_WORDS.has(found.toLowerCase()) ? [found] : null;
}

const Reserved = createToken({
  name: "Reserved",
  pattern: { exec: reservedWord },
  line_breaks: false,
  longer_alt: Word,
});

function keyword(name: string, pattern: RegExp): TokenType {
  return createToken({ name, pattern, longer_alt: [Reserved, Word] });
}

/** Matches any character. */
function anyCharacter(text: string, offset: number): [string] {
  return [text.charAt(offset)];
}

function sign(name: string, pattern: RegExp): TokenType {
  return createToken({ name, pattern });
}

/** The tokens of the list-filter language, in the order in which the lexer tries them. */
export const TOKENS = {
  space: createToken({ name: "Space", pattern: /[ \n\r\t]+/, group: Lexer.SKIPPED }),
  comment: createToken({
    name: "Comment",
    pattern: /(?:--|#|\/\/)[^\n]*\n?|\/\*[\s\S]*?\*\//,
    group: Lexer.SKIPPED,
    line_breaks: true,
  }),
  openComment: sign("OpenComment", /\/\*[\s\S]*/),
  hexText: sign("HexText", /[xX]'(?:[0-9A-Fa-f]{2})*'/),
  bitText: sign("BitText", /[bB]'[01]*'/),
  order: keyword("Order", /order/i),
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
  regexp: keyword("Regexp", /regexp|rlike/i),
  escape: keyword("Escape", /escape/i),
  limit: keyword("Limit", /limit/i),
  group: keyword("Group", /group/i),
  by: keyword("By", /by/i),
  ascending: keyword("Ascending", /asc/i),
  descending: keyword("Descending", /desc/i),
  reserved: Reserved,
  quotedName: sign("QuotedName", /`(?:[^`]|``)+`/),
  word: Word,
  text: createToken({
    name: "Text",
    pattern: /'(?:[^'\\]|\\[\s\S]|'')*'|"(?:[^"\\]|\\[\s\S]|"")*"/,
    line_breaks: true,
  }),
  openText: createToken({
    name: "OpenText",
    pattern: /'(?:[^'\\]|\\[\s\S]|'')*\\?|"(?:[^"\\]|\\[\s\S]|"")*\\?|`[^`]*/,
    line_breaks: true,
  }),
  hexNumber: sign("HexNumber", /0[xX][0-9A-Fa-f]*(?![0-9A-Za-z_@])/),
  decimal: sign(
    "Decimal",
    /(?:\d+\.\d*(?:[eE][+-]?\d*)?|\.\d+(?:[eE][+-]?\d*)?|\d+[eE][+-]?\d*)(?![0-9A-Za-z_@])/,
  ),
  integer: sign("Integer", /\d+(?![0-9A-Za-z_@.])/),
  brokenNumber: sign("BrokenNumber", /0[xX][0-9A-Fa-f]*|\d*\.?\d+/),
  argumentList: sign("ArgumentList", /::[A-Za-z_@][A-Za-z0-9_@.]*/),
  argument: sign("Argument", /:[A-Za-z_@][A-Za-z0-9_@.]*|\?/),
  andSign: sign("AndSign", /&&/),
  orSign: sign("OrSign", /\|\|/),
  shift: sign("Shift", /<<|>>/),
  comparison: sign("Comparison", /!=|<>|<=>|<=|>=|=|<|>/),
  minus: sign("Minus", /-/),
  plus: sign("Plus", /\+/),
  arithmetic: sign("Arithmetic", /[*/%^&|]/),
  prefix: sign("Prefix", /[~!]/),
  open: sign("Open", /\(/),
  close: sign("Close", /\)/),
  comma: sign("Comma", /,/),
  dot: sign("Dot", /\./),
  semicolon: sign("Semicolon", /;/),
  unknown: createToken({ name: "Unknown", pattern: { exec: anyCharacter }, line_breaks: true }),
} as const;

/** Token types in the order in which the lexer tries them. */
export const TOKEN_ORDER: TokenType[] = Object.values(TOKENS);

/** Everything is some token, so the parser alone finds errors. */
export const listFilterLexer = new Lexer(TOKEN_ORDER, { positionTracking: "onlyOffset" });
