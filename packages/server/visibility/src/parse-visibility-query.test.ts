import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError, seededRandom } from "@perdure/kernel";
import { IndexedValueType, WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { parseSample as parse } from "./testing/sample-attributes.js";

const { BOOL, KEYWORD, KEYWORD_LIST, TEXT } = IndexedValueType;

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
    ["'1d12h'", 36 * 3_600_000],
    ["'-.5h'", -1_800_000],
    ["'2000us'", 2],
    ["'2000000'", 2],
  ] as const) {
    it(`reads the duration ${text}`, () => {
      const compare = { kind: "compare", field: "ExecutionDuration", operator: ">" };
      const expected = { ...compare, value: durationMs };
      assert.deepEqual(parse(`ExecutionDuration > ${text}`).filter, expected);
    });
  }

  it("reads comments, signs for words, and operators in any case", () => {
    const expected = parse("WorkflowId = 'a' AND RunId = 'b' OR RunId = 'c'").filter;
    const text = "WorkflowId='a' /* one */ && RunId='b' -- two\n|| RunId='c' # three";
    assert.deepEqual(parse(text).filter, expected);
  });

  it("applies NOT to one condition, and to a whole in parentheses", () => {
    const isA = { kind: "compare", field: "RunId", operator: "=", value: "a" };
    const isB = { ...isA, value: "b" };
    const not = { kind: "not", operand: isA };
    assert.deepEqual(parse("NOT RunId = 'a' AND RunId = 'b'").filter, {
      kind: "and",
      operands: [not, isB],
    });
    assert.deepEqual(parse("NOT (RunId = 'a' AND RunId = 'b')").filter, {
      kind: "not",
      operand: { kind: "and", operands: [isA, isB] },
    });
  });

  for (const [literal, value] of [
    ["7", 7],
    ["-7", -7],
    ["- 7", -7],
    ["+7", 7],
    ["007", 7],
    ["7.5", 7.5],
    [".5", 0.5],
    ["-.5", -0.5],
    ["15e-1", 1.5],
    ["9223372036854775808", 2 ** 63],
  ] as const) {
    it(`reads the number ${literal}`, () => {
      const compare = { kind: "compare", field: "HistoryLength", operator: "<", value };
      assert.deepEqual(parse(`HistoryLength < ${literal}`).filter, compare);
    });
  }

  it("reads escaped characters of a text", () => {
    const value = "a\n\\q'\"";
    const compare = { kind: "compare", field: "WorkflowId", operator: "=", value };
    assert.deepEqual(parse("WorkflowId = 'a\\n\\\\\\q\\'\\\"'").filter, compare);
  });

  it("reads an order without a filter", () => {
    assert.deepEqual(parse("ORDER BY StartTime DESC, RunId").order, [
      { field: "StartTime", isDescending: true },
      { field: "RunId", isDescending: false },
    ]);
  });

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
