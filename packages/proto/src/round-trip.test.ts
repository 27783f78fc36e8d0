import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { allMessages } from "./testing/all-messages.js";
import { randomMessage, seededRandom } from "./testing/random-message.js";
import { fromReference, loadReference } from "./testing/reference.js";

const messages = await allMessages();
const reference = await loadReference();

describe("generated messages", () => {
  it("are there for every API of the server", () => {
    const names = new Set(messages.map(({ typeName }) => typeName));
    assert.ok(names.size > 700, `only ${names.size} messages`);
    for (const name of ["temporal.api.history.v1.HistoryEvent", "google.protobuf.Duration"]) {
      assert.ok(names.has(name), name);
    }
  });

  it("encode what protobufjs decodes to the same values, and the other way round", () => {
    const random = seededRandom(1);
    for (const type of messages) {
      const other = reference.lookupType(type.typeName);
      for (let round = 0; round < 3; round++) {
        const bytes = type.encode(randomMessage(other, random));
        const theirs = other.decode(bytes);
        const ours = type.decode(bytes);
        assert.deepEqual(ours, fromReference(other, theirs), type.typeName);
        assert.deepEqual(type.decode(other.encode(theirs).finish()), ours, type.typeName);
      }
    }
  });

  it("decode an empty message to defaults and encode it to nothing", () => {
    for (const type of messages) {
      const empty = type.decode(new Uint8Array(0));
      const expected = fromReference(reference.lookupType(type.typeName), {});
      assert.deepEqual(empty, expected, type.typeName);
      assert.equal(type.encode(empty).length, 0, type.typeName);
    }
  });

  it("give back fields that they do not know", () => {
    const unknown = Uint8Array.of(0xfa, 0xff, 0x7f, 3, 1, 2, 3, 0xf5, 0xff, 0x7f, 1, 2, 3, 4);
    for (const type of messages) {
      assert.deepEqual(type.encode(type.decode(unknown)), unknown, type.typeName);
    }
  });
});
