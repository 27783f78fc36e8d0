import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, seededRandom } from "@perdure/kernel";
import { IndexedValueType, WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { parseVisibilityQuery } from "./parse-visibility-query.js";

const { DATETIME, INT, KEYWORD, KEYWORD_LIST, TEXT, BOOL } = IndexedValueType;
const TYPES = {
  system: new Map([
    ["WorkflowId", KEYWORD],
    ["RunId", KEYWORD],
    ["WorkflowType", KEYWORD],
    ["ExecutionStatus", KEYWORD],
    ["StartTime", DATETIME],
    ["CloseTime", DATETIME],
    ["HistoryLength", INT],
    ["ExecutionDuration", INT],
  ]),
  predefined: new Map([["TemporalScheduledById", KEYWORD]]),
  custom: new Map([
    ["Word", KEYWORD],
    ["Words", KEYWORD_LIST],
    ["Story", TEXT],
    ["IsBig", BOOL],
  ]),
  typeNames: new Map([
    [KEYWORD, "Keyword"],
    [KEYWORD_LIST, "KeywordList"],
    [TEXT, "Text"],
    [INT, "Int"],
    [DATETIME, "Datetime"],
    [BOOL, "Bool"],
  ]),
};
const parse = (text: string) => parseVisibilityQuery(text, { id: "namespace", types: TYPES });

describe("parseVisibilityQuery()", () => {
  it("lists everything for an empty filter", () => {
    assert.deepEqual(parse("  "), {
      namespaceId: "namespace",
      filter: undefined,
      order: [],
      groupBy: undefined,
    });
  });

  it("reads a comparison with a quoted value", () => {
    const filter = { kind: "compare", field: "WorkflowId", operator: "=", value: "it's" };
    assert.deepEqual(parse("WorkflowId = 'it''s'").filter, filter);
    assert.deepEqual(parse('`WorkflowId` = "it\'s"').filter, filter);
  });

  it("reads statuses by name and by number", () => {
    const value = WorkflowExecutionStatus.COMPLETED;
    const filter = { kind: "compare", field: "ExecutionStatus", operator: "=", value };
    assert.deepEqual(parse("ExecutionStatus = 'Completed'").filter, filter);
    assert.deepEqual(parse("ExecutionStatus = 2").filter, filter);
  });

  it("lets AND bind more tightly than OR", () => {
    const filter = parse("WorkflowId = 'a' OR WorkflowId = 'b' AND RunId = 'c'").filter;
    assert.equal(filter?.kind, "or");
    assert.equal(filter?.kind === "or" && filter.operands[1]?.kind, "and");
  });

  it("reads every kind of test", () => {
    const low = Date.UTC(2026, 0, 1);
    assert.deepEqual(
      parse("StartTime BETWEEN '2026-01-01T00:00:00Z' AND 1767225600000000000").filter,
      {
        kind: "between",
        field: "StartTime",
        low,
        high: low,
        isNegated: false,
      },
    );
    assert.deepEqual(parse("WorkflowType NOT IN ('a', 'b')").filter, {
      kind: "in",
      field: "WorkflowType",
      values: ["a", "b"],
      isNegated: true,
    });
    assert.deepEqual(parse("not (WorkflowId starts_with 'x')").filter, {
      kind: "not",
      operand: { kind: "startsWith", field: "WorkflowId", prefix: "x", isNegated: false },
    });
    assert.deepEqual(parse("CloseTime IS NOT NULL").filter, {
      kind: "isNull",
      field: "CloseTime",
      isNegated: true,
    });
  });

  it("reads search attributes of every type, and the server's own without their prefix", () => {
    const field = { name: "Words", type: KEYWORD_LIST };
    const compare = { kind: "compare", field, operator: "=", value: "a" };
    assert.deepEqual(parse("Words = 'a'").filter, compare);
    const story = { name: "Story", type: TEXT };
    const words = { kind: "in", field: story, values: [" big ", " bang "], isNegated: false };
    assert.deepEqual(parse("Story = 'Big Bang'").filter, words);
    const isBig = { name: "IsBig", type: BOOL };
    const truth = { kind: "compare", field: isBig, operator: "=", value: 1 };
    assert.deepEqual(parse("IsBig = true").filter, truth);
    const own = { name: "TemporalScheduledById", type: KEYWORD };
    const scheduled = { kind: "compare", field: own, operator: "=", value: "s" };
    assert.deepEqual(parse("ScheduledById = 's'").filter, scheduled);
    const id = { kind: "compare", field: "WorkflowId", operator: "=", value: "s" };
    assert.deepEqual(parse("ScheduleId = 's'").filter, id);
  });

  for (const [text, durationMs] of [
    ["1000000", 1],
    ["'1h30m'", 5_400_000],
    ["'00:01:01'", 61_000],
  ] as const) {
    it(`reads the duration ${text}`, () => {
      const compare = { kind: "compare", field: "ExecutionDuration", operator: ">" };
      const expected = { ...compare, value: durationMs };
      assert.deepEqual(parse(`ExecutionDuration > ${text}`).filter, expected);
    });
  }

  it("reads an order without a filter", () => {
    assert.deepEqual(parse("ORDER BY StartTime DESC, RunId").order, [
      { field: "StartTime", isDescending: true },
      { field: "RunId", isDescending: false },
    ]);
  });

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

  it("throws nothing but InvalidArgumentError for garbage", () => {
    const random = seededRandom(7);
    const pieces = [
      "WorkflowId",
      "=",
      "'a'",
      "AND",
      "(",
      ")",
      "IN",
      ",",
      "5",
      "IS",
      "NULL",
      "'",
      "`",
      "ü",
    ];
    for (let round = 0; round < 2000; round++) {
      const count = Math.floor(random.next() * 12);
      const words = Array.from(
        { length: count },
        () => pieces[Math.floor(random.next() * pieces.length)],
      );
      try {
        parse(words.join(" "));
      } catch (error) {
        assert.ok(error instanceof InvalidArgumentError, `${words.join(" ")}: ${error}`);
      }
    }
  });
});
