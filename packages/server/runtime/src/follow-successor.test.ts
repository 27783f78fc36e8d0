import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import { History, type HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import { followSuccessor } from "./follow-successor.js";

const newExecutionRunId = "next";

/** What a client that does not follow this closing event is shown of it. */
function shown(attributes: HistoryEventInit["attributes"]) {
  const encoded = History.encode({ events: [{ eventId: 7n, attributes }] });
  const [event] = History.decode(followSuccessor(encoded)).events;
  assert.equal(event?.eventId, 7n);
  return event;
}

describe("followSuccessor()", () => {
  it("shows a continue-as-new with the result or failure of a run that has a successor", () => {
    const cases = [
      [{ kind: "workflowExecutionCompletedEventAttributes", value: { newExecutionRunId } }, ""],
      [
        {
          kind: "workflowExecutionFailedEventAttributes",
          value: { newExecutionRunId, failure: { message: "broken" } },
        },
        "broken",
      ],
      [
        { kind: "workflowExecutionTimedOutEventAttributes", value: { newExecutionRunId } },
        "workflow timeout",
      ],
    ] as const;
    for (const [attributes, message] of cases) {
      const event = shown(attributes);
      assert.equal(event?.eventType, EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW);
      assert.equal(event.attributes?.kind, "workflowExecutionContinuedAsNewEventAttributes");
      assert.equal(event.attributes.value.newExecutionRunId, "next");
      assert.equal(event.attributes.value.failure?.message ?? "", message);
    }
  });

  it("shows the event itself when no run follows", () => {
    const event = shown({ kind: "workflowExecutionCompletedEventAttributes", value: {} });
    assert.equal(event?.attributes?.kind, "workflowExecutionCompletedEventAttributes");
  });
});
