import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { parseSample as parse } from "./testing/sample-attributes.js";

describe("parseVisibilityQuery()", () => {
  for (const [text, message] of [
    ["Nonsense = 1", "invalid search attribute: Nonsense"],
    ["WorkflowId = ", "malformed SQL query: syntax error at position 40"],
    [
      "WorkflowId = 'a' WorkflowId",
      "malformed SQL query: syntax error at position 55 near 'WorkflowId'",
    ],
    ["WorkflowId = 'a' AND", "malformed SQL query: syntax error at position 48"],
    ["(WorkflowId = 'a'", "malformed SQL query: syntax error at position 45"],
    ["WorkflowId in 'a'", "malformed SQL query: syntax error at position 45 near 'a'"],
    ["WorkflowId = 'a", "malformed SQL query: syntax error at position 43 near 'a'"],
    ["WorkflowId = 'a')", "malformed SQL query: syntax error at position 45"],
    ["WorkflowId == 'a'", "malformed SQL query: syntax error at position 41"],
    ["AND", "malformed SQL query: syntax error at position 31 near 'and'"],
    ["WorkflowId = #", "malformed SQL query: syntax error at position 42"],
    [
      "WorkflowId = abc",
      'operation is not supported: column name on the right side of comparison expression (did you forget to quote "abc"?)',
    ],
    ["WorkflowId", "invalid expression: incomplete expression"],
    ["WorkflowId = NULL", "invalid expression: unexpected value type *sqlparser.NullVal"],
    ["1 = 1", "invalid expression: must be a column name but was *sqlparser.SQLVal"],
    [
      "WorkflowId IS TRUE",
      "invalid expression: 'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'",
    ],
    ["WorkflowId = 'a' LIMIT 5", "operation is not supported: 'LIMIT' clause"],
    ["foo(1)", "operation is not supported: function expression"],
    ["WorkflowId = foo(1)", "operation is not supported: nested func"],
    ["foo(1) = 1", "invalid expression: must be a column name but was *sqlparser.FuncExpr"],
    [
      "HistoryLength + 1 = 8",
      "invalid expression: must be a column name but was *sqlparser.BinaryExpr",
    ],
    ["HistoryLength = (7)", "invalid expression: unexpected value type *sqlparser.ParenExpr"],
    ["HistoryLength = ~7", 'operation is not supported: unary operator "~"'],
    ["HistoryLength = 0x7", 'invalid expression: unable to parse value "0x7"'],
    ["WorkflowId = :id", 'invalid expression: unable to parse value ":id"'],
    [
      "WorkflowId IN ('a', foo)",
      'operation is not supported: column name on the right side of comparison expression (did you forget to quote "foo"?)',
    ],
    [
      "Words = ('a', 'b')",
      "invalid expression: unexpected value type (expected string, got ('a', 'b'))",
    ],
    [
      "ExecutionStatus STARTS_WITH 'Running'",
      'invalid expression: right-hand side of "starts_with" operator must be a literal string (got: Running)',
    ],
    [
      "WorkflowId NOT REGEXP 'a'",
      "operation is not supported: operator 'NOT REGEXP' not supported for Keyword type search attribute 'WorkflowId'",
    ],
    [
      "StartTime = '2026-02-30T00:00:00Z'",
      "invalid expression: unable to parse datetime '2026-02-30T00:00:00Z'",
    ],
    ["index = 1", "malformed SQL query: syntax error at position 33 near 'index'"],
    ["HistoryLength = 12abc", "malformed SQL query: syntax error at position 46 near '12'"],
    ["WorkflowId = $", "malformed SQL query: syntax error at position 42 near '$'"],
    ["WorkflowId = 'ü' x", "malformed SQL query: syntax error at position 47 near 'x'"],
    ["LIMIT 5", "malformed SQL query: syntax error at position 33 near 'limit'"],
    [
      "WorkflowId = 5",
      "invalid expression: invalid value type for search attribute WorkflowId of type Keyword: 5 (type: int64)",
    ],
    [
      "WorkflowId LIKE 'a%'",
      "operation is not supported: operator 'LIKE' not supported for Keyword type search attribute 'WorkflowId'",
    ],
    [
      "ExecutionStatus = 'Sleeping'",
      "invalid expression: invalid ExecutionStatus value 'Sleeping'",
    ],
    ["ExecutionStatus = 99", "invalid expression: invalid ExecutionStatus value 99"],
    [
      "ExecutionDuration > 'x'",
      "invalid expression: invalid duration value for search attribute ExecutionDuration: x",
    ],
    ["StartTime > 'yesterday'", "invalid expression: unable to parse datetime 'yesterday'"],
    [
      "HistoryLength STARTS_WITH 'a'",
      'invalid expression: invalid value type for search attribute HistoryLength of type Int: "a" (type: string)',
    ],
    [
      "IsBig = 'true'",
      'invalid expression: invalid value type for search attribute IsBig of type Bool: "true" (type: string)',
    ],
    [
      "IsBig BETWEEN true AND false",
      "invalid expression: cannot do range condition on search attribute 'IsBig' of type Bool",
    ],
    [
      "Story < 'a'",
      "operation is not supported: operator '<' not supported for Text type search attribute 'Story'",
    ],
    [
      "Story = ''",
      "invalid expression: no tokens found filtering on Text type search attribute Story",
    ],
    [
      "Words STARTS_WITH 'a'",
      "operation is not supported: operator 'STARTS_WITH' not supported for KeywordList type search attribute 'Words'",
    ],
    [
      "GROUP BY ExecutionStatus, WorkflowId",
      "operation is not supported: 'GROUP BY' clause supports only a single field",
    ],
    [
      "GROUP BY WorkflowType",
      "operation is not supported: 'GROUP BY' clause is not supported for search attribute WorkflowType",
    ],
  ] as const) {
    it(`refuses «${text}» and says why`, () => {
      assert.throws(() => parse(text), new InvalidArgumentError(`invalid query: ${message}`));
    });
  }
});
