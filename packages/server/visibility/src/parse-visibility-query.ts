import type { VisibilityQuery } from "@perdure/persistence";
import type { IToken } from "chevrotain";
import { checkFilter, checkGroups, checkNoLimit, checkOrder, invalidQuery } from "./check-query.js";
import { listFilterLexer, TOKENS } from "./list-filter-lexer.js";
import { ListFilterParser } from "./list-filter-parser.js";
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
  const trimmed = text.trim();
  const parsed = parse(trimmed);
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
  const lexed = listFilterLexer.tokenize(text);
  const unknown = lexed.errors[0];
  parser.input = lexed.tokens;
  const parsed = parser.query();
  const wrong = parser.errors[0]?.token;
  const isBeforeUnknown = (token: IToken): boolean =>
    unknown === undefined || token.startOffset < unknown.offset;
  if (wrong !== undefined && isBeforeUnknown(wrong)) throw tokenError(text, wrong);
  if (unknown !== undefined) {
    const quote = text.slice(unknown.offset, unknown.offset + 1);
    const isOpenText = quote === "'" || quote === '"';
    if (isOpenText) throw syntaxError(text, text.length, text.slice(unknown.offset + 1));
    throw syntaxError(text, unknown.offset + 1, "");
  }
  return parsed;
}

/** Tokens whose text errors do not tell. */
const SIGNS: ReadonlySet<unknown> = new Set([
  TOKENS.comparison,
  TOKENS.open,
  TOKENS.close,
  TOKENS.comma,
]);

function tokenError(text: string, token: IToken): Error {
  if (Number.isNaN(token.startOffset)) return syntaxError(text, text.length, "");
  const end = token.startOffset + token.image.length;
  if (SIGNS.has(token.tokenType)) return syntaxError(text, end, "");
  if (token.tokenType === TOKENS.text) return syntaxError(text, end, token.image.slice(1, -1));
  const isName = token.tokenType === TOKENS.identifier;
  return syntaxError(text, end, isName ? token.image : token.image.toLowerCase());
}

/** Filters are told of as the statement that the official server makes of them. */
function syntaxError(text: string, endOffset: number, near: string): Error {
  const isClause = /^(order|group)\s+by/i.test(text);
  const before = isClause ? "select * from table1 " : "select * from table1 where ";
  const position = before.length + endOffset + 1;
  const place = near === "" ? "" : ` near '${near}'`;
  return invalidQuery(`malformed SQL query: syntax error at position ${position}${place}`);
}
