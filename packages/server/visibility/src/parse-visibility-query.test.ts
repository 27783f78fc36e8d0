import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, seededRandom } from "@perdure/kernel";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { parseVisibilityQuery } from "./parse-visibility-query.js";

const parse = (text: string) => parseVisibilityQuery(text, "namespace");

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

  it("reads an order without a filter", () => {
    assert.deepEqual(parse("ORDER BY StartTime DESC, RunId").order, [
      { field: "StartTime", isDescending: true },
      { field: "RunId", isDescending: false },
    ]);
  });

  for (const [text, message] of [
    ["Nonsense = 1", "column name 'Nonsense' is not a valid search attribute"],
    ["WorkflowId = ", "syntax error at position 14 at end of query"],
    ["WorkflowId = 'a' WorkflowId", "syntax error at position 18 near 'WorkflowId'"],
    ["WorkflowId = #", "syntax error at position 14 near '#'"],
    ["WorkflowId = 5", "invalid value for search attribute WorkflowId: 5"],
    ["ExecutionStatus = 'Sleeping'", "invalid ExecutionStatus value 'Sleeping'"],
    ["StartTime > 'yesterday'", "invalid value for search attribute StartTime: yesterday"],
    ["HistoryLength STARTS_WITH 'a'", "operator 'STARTS_WITH' not supported for HistoryLength"],
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
