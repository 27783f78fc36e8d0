import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { PollWorkflowTaskQueueResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "./raw-fields.js";

const events = [1n, 2n, 3n].map((eventId) => ({ eventId, version: 2n ** 40n }));
const PATH = [8, 1]; // PollWorkflowTaskQueueResponse.history, History.events
const raws = events.map((event) => HistoryEvent.encode(event));
const response = { nextPageToken: Uint8Array.of(7), attempt: 4 };

describe("encodeWithRaw()", () => {
  it("builds the same response as encoding its decoded events", () => {
    const head = PollWorkflowTaskQueueResponse.encode(response);
    const spliced = PollWorkflowTaskQueueResponse.decode(encodeWithRaw(head, PATH, raws));
    const whole = PollWorkflowTaskQueueResponse.encode({ ...response, history: { events } });
    assert.deepEqual(spliced, PollWorkflowTaskQueueResponse.decode(whole));
  });

  it("adds to the elements that are there already", () => {
    const head = PollWorkflowTaskQueueResponse.encode({ history: { events } });
    const { history } = PollWorkflowTaskQueueResponse.decode(encodeWithRaw(head, PATH, raws));
    assert.deepEqual(
      history?.events.map(({ eventId }) => eventId),
      [1n, 2n, 3n, 1n, 2n, 3n],
    );
  });

  it("takes one number for a repeated field of the message itself", () => {
    const raw = Uint8Array.of(1, 2);
    const [field, far] = [encodeWithRaw(new Uint8Array(0), 1, [raw]), 536_870_911];
    assert.deepEqual(field, Uint8Array.of(10, 2, 1, 2));
    const tagged = encodeWithRaw(new Uint8Array(0), far, [raw]);
    assert.deepEqual(tagged, Uint8Array.of(0xfa, 0xff, 0xff, 0xff, 0x0f, 2, 1, 2));
  });

  it("gives the message itself when there is nothing to add", () => {
    const head = PollWorkflowTaskQueueResponse.encode(response);
    assert.equal(encodeWithRaw(head, PATH, []), head);
  });
});
