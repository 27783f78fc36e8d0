import type { VisibilityQuery } from "@perdure/persistence";
import type { IToken } from "chevrotain";
import { checkFilter, checkGroups, checkNoLimit, checkOrder } from "./check-query.js";
import { invalidQuery } from "./invalid-query.js";
import { listFilterLexer, TOKENS } from "./list-filter-lexer.js";
import { ListFilterParser } from "./list-filter-parser.js";
import { unquote } from "./quoted-text.js";
import type { AttributeTypes } from "./resolve-column.js";

/** A query, and what its counts are grouped by. */
export interface ParsedVisibilityQuery extends VisibilityQuery {
  readonly groupBy: "ExecutionStatus" | undefined;
}

/** Longest filter that is parsed, characters. */
const QUERY_LENGTH_MAX = 65_536;

const parser = new ListFilterParser();

/**
 * Parses a list filter: conditions on attributes joined by AND, OR, NOT and parentheses, GROUP BY
 * and ORDER BY. An empty filter lists everything.
 *
 * @throws {InvalidArgumentError} Saying what is wrong, and where when it can't be read.
 */
export function parseVisibilityQuery(
  text: string,
  namespace: { readonly id: string; readonly types: AttributeTypes },
): ParsedVisibilityQuery {
  if (text.length > QUERY_LENGTH_MAX) {
    throw invalidQuery(`length ${text.length} exceeds limit ${QUERY_LENGTH_MAX}`);
  }
  const parsed = parse(text.trim());
  checkNoLimit(parsed.hasLimit);
  const { types } = namespace;
  return {
    namespaceId: namespace.id,
    filter: parsed.filter === undefined ? undefined : checkFilter(parsed.filter, types),
    groupBy: checkGroups(parsed.groups, types),
    order: checkOrder(parsed.order, types),
  };
}

function parse(text: string) {
  parser.input = listFilterLexer.tokenize(text).tokens;
  const parsed = hasFilter(text) ? parser.filteredQuery() : parser.clauses();
  const wrong = parser.errors[0]?.token;
  if (wrong !== undefined) throw syntaxError(text, wrong);
  return parsed;
}

function hasFilter(text: string): boolean {
  return text !== "" && !/^(?:order|group) by/i.test(text);
}

/** Tokens whose text errors do not tell. */
const SIGNS: ReadonlySet<unknown> = new Set([
  TOKENS.andSign,
  TOKENS.orSign,
  TOKENS.shift,
  TOKENS.comparison,
  TOKENS.minus,
  TOKENS.plus,
  TOKENS.arithmetic,
  TOKENS.prefix,
  TOKENS.open,
  TOKENS.close,
  TOKENS.comma,
  TOKENS.dot,
  TOKENS.semicolon,
]);

/** Tokens whose text errors tell as it is written; that of all words with a meaning is lowered. */
const AS_WRITTEN: ReadonlySet<unknown> = new Set([
  TOKENS.word,
  TOKENS.integer,
  TOKENS.decimal,
  TOKENS.brokenNumber,
  TOKENS.hexNumber,
  TOKENS.argument,
  TOKENS.argumentList,
  TOKENS.unknown,
  TOKENS.openComment,
]);

/**
 * Filters are told of as the statement that the official server makes of them. A position is that
 * of the first byte after the wrong token, counted from 1.
 */
function syntaxError(text: string, token: IToken): Error {
  const isEnd = Number.isNaN(token.startOffset) || token.image === "";
  const before = hasFilter(text) ? "select * from table1 where " : "select * from table1 ";
  const end = isEnd ? text.length : token.startOffset + token.image.length;
  const position = before.length + Buffer.byteLength(text.slice(0, end)) + 1;
  const near = isEnd ? "" : nearText(token);
  const place = near === "" ? "" : ` near '${near}'`;
  return invalidQuery(`malformed SQL query: syntax error at position ${position}${place}`);
}

function nearText(token: IToken): string {
  const { image, tokenType } = token;
  if (SIGNS.has(tokenType)) return "";
  if (AS_WRITTEN.has(tokenType)) return image;
  if (tokenType === TOKENS.text) return unquote(image);
  if (tokenType === TOKENS.openText) return unquote(image + image.slice(0, 1));
  if (tokenType === TOKENS.quotedName) return image.slice(1, -1);
  return image.toLowerCase();
}
