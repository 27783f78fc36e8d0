import type { VisibilityQuery } from "@perdure/persistence";
import { checkFilter, checkGroups, checkOrder, invalidQuery } from "./check-query.js";
import { listFilterLexer } from "./list-filter-lexer.js";
import { ListFilterParser } from "./list-filter-parser.js";

/** A query, and what its counts are grouped by. */
export interface ParsedVisibilityQuery extends VisibilityQuery {
  readonly groupBy: "ExecutionStatus" | undefined;
}

/** Longest filter that is parsed, characters. */
const QUERY_LENGTH_MAX = 65_536;

const parser = new ListFilterParser();

/**
 * Parses a list filter: conditions on attributes joined by AND, OR, NOT and parentheses, and
 * ORDER BY. An empty filter lists everything.
 *
 * @throws {InvalidArgumentError} Naming the offending token and where it is.
 */
export function parseVisibilityQuery(text: string, namespaceId: string): ParsedVisibilityQuery {
  if (text.length > QUERY_LENGTH_MAX) {
    throw invalidQuery(`length ${text.length} exceeds limit ${QUERY_LENGTH_MAX}`);
  }
  const lexed = listFilterLexer.tokenize(text);
  const unknown = lexed.errors[0];
  if (unknown !== undefined) {
    const token = text.slice(unknown.offset, unknown.offset + unknown.length);
    throw syntaxError(token, unknown.offset);
  }
  parser.input = lexed.tokens;
  const parsed = parser.query();
  const wrong = parser.errors[0];
  if (wrong !== undefined) {
    const isAtEnd = Number.isNaN(wrong.token.startOffset);
    throw syntaxError(
      isAtEnd ? "" : wrong.token.image,
      isAtEnd ? text.length : wrong.token.startOffset,
    );
  }
  return {
    namespaceId,
    filter: parsed.filter === undefined ? undefined : checkFilter(parsed.filter),
    order: checkOrder(parsed.order),
    groupBy: checkGroups(parsed.groups),
  };
}

function syntaxError(token: string, offset: number): Error {
  const near = token === "" ? "at end of query" : `near '${token}'`;
  return invalidQuery(`syntax error at position ${offset + 1} ${near}`);
}
