import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PlainObject } from "../wire/plain.js";
import { messageType } from "../wire/reflection.js";
import { readableDiff } from "./differ.js";
import { type JsonObject, Normaliser } from "./normaliser.js";

const HISTORY = "temporal.api.workflowservice.v1.GetWorkflowExecutionHistoryResponse";
const DESCRIBED = "temporal.api.workflowservice.v1.DescribeWorkflowExecutionResponse";
const STARTED = "temporal.api.workflowservice.v1.StartWorkflowExecutionResponse";

const RUN_1 = "11111111-1111-4111-8111-111111111111";
const RUN_2 = "22222222-2222-7222-9222-222222222222";

/** Normalises messages of one run of a scenario, in this order. */
function normalised(...messages: readonly (readonly [type: string, PlainObject])[]): JsonObject[] {
  const normaliser = new Normaliser();
  return messages.map(([type, message]) => normaliser.message(messageType(type), message));
}

function diffOfHistories(expected: readonly PlainObject[], actual: readonly PlainObject[]): string {
  const [left] = normalised([HISTORY, { history: { events: expected } }]);
  const [right] = normalised([HISTORY, { history: { events: actual } }]);
  return readableDiff(left, right);
}

function event(eventId: number, eventType: string, more: PlainObject = {}): PlainObject {
  return { eventId, eventTime: `2026-01-02T03:04:0${eventId}.000000000Z`, eventType, ...more };
}

const SIGNALED = event(3, "EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED");
const SCHEDULED = event(4, "EVENT_TYPE_WORKFLOW_TASK_SCHEDULED");

describe("Normaliser", () => {
  it("makes two runs with other ids, times and task ids equal", () => {
    const other = { ...SIGNALED, eventTime: "2031-01-01T00:00:00.000000001Z", taskId: 77 };
    assert.equal(diffOfHistories([{ ...SIGNALED, taskId: 5 }], [other]), "");
    const first = normalised([STARTED, { runId: RUN_1 }]);
    assert.deepEqual(first, normalised([STARTED, { runId: RUN_2 }]));
  });

  it("numbers ids by their first appearance, so that a wrong reference shows", () => {
    const same = normalised([STARTED, { runId: RUN_1 }], [STARTED, { runId: RUN_1 }]);
    const other = normalised([STARTED, { runId: RUN_1 }], [STARTED, { runId: RUN_2 }]);
    assert.deepEqual(same, [{ runId: "<run-1>" }, { runId: "<run-1>" }]);
    assert.deepEqual(other, [{ runId: "<run-1>" }, { runId: "<run-2>" }]);
  });

  it("finds a field that is missing, also a time or an id", () => {
    assert.match(diffOfHistories([SIGNALED], [{ ...SIGNALED, eventTime: undefined }]), /eventTime/);
    const attributes = { workflowExecutionStartedEventAttributes: { firstExecutionRunId: RUN_1 } };
    const started = event(1, "EVENT_TYPE_WORKFLOW_EXECUTION_STARTED", attributes);
    const without = { ...started, workflowExecutionStartedEventAttributes: {} };
    assert.match(diffOfHistories([started], [without]), /firstExecutionRunId/);
  });

  it("finds events in another order", () => {
    assert.notEqual(diffOfHistories([SIGNALED, SCHEDULED], [SCHEDULED, SIGNALED]), "");
  });

  it("finds a time that is the epoch or zero", () => {
    const epoch = { ...SIGNALED, eventTime: "1970-01-01T00:00:00.000000000Z" };
    assert.match(diffOfHistories([SIGNALED], [epoch]), /time epoch/);
    const zero = { ...SIGNALED, eventTime: "0001-01-01T00:00:00.000000000Z" };
    assert.match(diffOfHistories([SIGNALED], [zero]), /time zero/);
  });

  it("writes a deadline relative to what it follows from", () => {
    const described = (runExpirationTime: string) =>
      normalised([
        DESCRIBED,
        {
          workflowExecutionInfo: { startTime: "2026-01-01T00:00:00.000000000Z" },
          workflowExtendedInfo: { runExpirationTime },
        },
      ]);
    const exact = described("2026-01-01T00:01:40.000000000Z");
    assert.match(JSON.stringify(exact), /<startTime \+ 100000 ms>/);
    assert.deepEqual(exact, described("2026-01-01T00:01:40.003000000Z"));
    assert.notDeepEqual(exact, described("2026-01-01T00:01:41.000000000Z"));
  });

  it("shows a status code, its message and its details", () => {
    const details = [{ "@type": "temporal.api.errordetails.v1.NotFoundFailure" }];
    const error = { code: "NOT_FOUND", message: `no run ${RUN_1}`, details };
    const normaliser = new Normaliser();
    assert.deepEqual(normaliser.outcome({ kind: "error", error }), {
      error: { code: "NOT_FOUND", message: "no run <uuid-1>", details },
    });
    const other = new Normaliser().outcome({
      kind: "error",
      error: { ...error, code: "INTERNAL" },
    });
    assert.match(
      readableDiff(new Normaliser().outcome({ kind: "error", error }), other),
      /INTERNAL/,
    );
  });

  it("orders a map by its keys as they are shown", () => {
    const infos = { [RUN_2]: { eventId: 1 }, [RUN_1]: { eventId: 2 } };
    const [shown] = normalised([DESCRIBED, { workflowExtendedInfo: { requestIdInfos: infos } }]);
    assert.match(JSON.stringify(shown), /uuid-1.*uuid-2/);
  });

  it("shows bytes that are text as text, and others in base64", () => {
    const normaliser = new Normaliser();
    const payload = messageType("temporal.api.common.v1.Payload");
    const shown = (data: Uint8Array) => normaliser.message(payload, { data });
    assert.deepEqual(shown(Buffer.from('"hi"')), { data: '"hi"' });
    assert.deepEqual(shown(Uint8Array.of(0xff, 0)), { data: "base64:/wA=" });
  });
});
