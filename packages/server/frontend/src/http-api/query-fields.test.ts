import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvalidArgumentError } from "@perdure/kernel";
import { apiSchema } from "@perdure/proto/schema";
import { fillFromQuery } from "./query-fields.js";
import { readQuery } from "./read-query.js";

const V1 = "temporal.api.workflowservice.v1.";
const HISTORY = "GetWorkflowExecutionHistoryRequest";

function filled(search: string, request = HISTORY, pathFields: readonly string[] = []): object {
  const message = {};
  const target = { schema: apiSchema, typeName: `${V1}${request}`, message };
  fillFromQuery(target, readQuery(search), pathFields);
  return message;
}

describe("fillFromQuery()", () => {
  it("fills scalars and enums, by either name", () => {
    const search =
      "waitNewEvent=T&maximum_page_size=5&nextPageToken=aGk=" +
      "&historyEventFilterType=HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT";
    assert.deepEqual(filled(search), {
      waitNewEvent: true,
      maximumPageSize: 5,
      nextPageToken: new Uint8Array(Buffer.from("hi")),
      historyEventFilterType: 2,
    });
    assert.deepEqual(filled("historyEventFilterType=2"), { historyEventFilterType: 2 });
  });

  it("fills nested fields, and leaves alone those that the path has", () => {
    const search = "execution.workflowId=other&execution.runId=r";
    assert.deepEqual(filled(search, HISTORY, ["execution.workflow_id"]), {
      execution: { runId: "r" },
    });
  });

  it("fills lists, one value or several", () => {
    const search = "buildIds=a&buildIds=b%20c";
    assert.deepEqual(filled(search, "GetWorkerTaskReachabilityRequest"), {
      buildIds: ["a", "b c"],
    });
  });

  it("fills times and durations", () => {
    const search = "startTime=2023-11-14T22:13:20Z";
    assert.deepEqual(filled(search, "ListScheduleMatchingTimesRequest"), {
      startTime: { seconds: 1_700_000_000n, nanos: 0 },
    });
  });

  it("leaves alone what is no field", () => {
    assert.deepEqual(filled("foo=1&execution.foo=2&pretty"), {});
  });

  const illegal: readonly (readonly [string, string])[] = [
    [
      "waitNewEvent=maybe",
      'parsing field "wait_new_event": strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    [
      "maximumPageSize=x",
      'parsing field "maximum_page_size": strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      "maximumPageSize=99999999999",
      'parsing field "maximum_page_size": strconv.ParseInt: parsing "99999999999": value out of range',
    ],
    [
      "historyEventFilterType=CLOSE_EVENT",
      'parsing field "history_event_filter_type": "CLOSE_EVENT" is not a valid value',
    ],
    ["maximumPageSize=1&maximumPageSize=2", 'too many values for field "maximum_page_size": 1, 2'],
    [
      "execution=x",
      'parsing field "execution": unsupported message type: "temporal.api.common.v1.WorkflowExecution"',
    ],
    ["namespace.a=1", 'invalid path: "namespace" is not a message'],
  ];
  for (const [search, message] of illegal) {
    it(`refuses ${search}`, () => {
      assert.throws(() => filled(search), new InvalidArgumentError(message));
    });
  }
});
