import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { withoutTolerated } from "./tolerance.js";

describe("withoutTolerated()", () => {
  const step = { call: "A", response: { list: [{ keep: 1, drop: 2 }, { drop: 3 }] } };
  const transcript = { scenario: "s", steps: [step, { call: "B", response: { drop: 4 } }] };

  it("leaves out the path in every item of a list, for its call only", () => {
    const tolerance = { call: "A", path: "response.list.*.drop", reason: "test" };
    assert.deepEqual(withoutTolerated(transcript, [tolerance]).steps, [
      { call: "A", response: { list: [{ keep: 1 }, {}] } },
      { call: "B", response: { drop: 4 } },
    ]);
  });

  it("leaves everything as it is when the path leads nowhere", () => {
    const tolerance = { call: "A", path: "response.other.drop", reason: "test" };
    assert.deepEqual(withoutTolerated(transcript, [tolerance]), transcript);
  });
});
