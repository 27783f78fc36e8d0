import type { VisibilityQuery } from "@perdure/persistence";
import type { IToken } from "chevrotain";
import { checkFilter, checkGroups, checkNoLimit, checkOrder } from "./check-query.js";
import { invalidQuery } from "./invalid-query.js";
import { listFilterLexer, TOKENS } from "./list-filter-lexer.js";
import { ListFilterParser } from "./list-filter-parser.js";
import type { ParsedQuery } from "./list-filter-tree.js";
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

function parse(text: string): ParsedQuery {
  const parsed = readQuery(text, hasFilter(text));
  if ("problem" in parsed) throw invalidQuery(`malformed SQL query: ${parsed.problem}`);
  return parsed;
}

/** What a filter says, or what is wrong with its syntax. */
export type FilterReading = ParsedQuery | { readonly problem: string };

/**
 * Reads a text that must begin with a condition, whatever its names mean.
 *
 * @param text - Without blanks around it.
 */
export function readFilter(text: string): FilterReading {
  if (text.length > QUERY_LENGTH_MAX) {
    return { problem: `length ${text.length} exceeds limit ${QUERY_LENGTH_MAX}` };
  }
  return readQuery(text, true);
}

function readQuery(text: string, isFiltered: boolean): FilterReading {
  parser.input = listFilterLexer.tokenize(text).tokens;
  const parsed = isFiltered ? parser.filteredQuery() : parser.clauses();
  const wrong = parser.errors[0]?.token;
  return wrong === undefined ? parsed : { problem: problemAt(wrong, text, isFiltered) };
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
function problemAt(token: IToken, text: string, isFiltered: boolean): string {
  const isEnd = Number.isNaN(token.startOffset) || token.image === "";
  const before = isFiltered ? "select * from table1 where " : "select * from table1 ";
  const end = isEnd ? text.length : token.startOffset + token.image.length;
  const position = before.length + Buffer.byteLength(text.slice(0, end)) + 1;
  const near = isEnd ? "" : nearText(token);
  const place = near === "" ? "" : ` near '${near}'`;
  return `syntax error at position ${position}${place}`;
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
