import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AnyMessageType, allMessages } from "./testing/all-messages.js";
import { type Random, randomMessage, seededRandom } from "./testing/random-message.js";
import { loadReference } from "./testing/reference.js";
import { DecodeError } from "./wire/index.js";

const messages = await allMessages();
const reference = await loadReference();

describe("decode() of every message", () => {
  it("throws nothing but DecodeError for random bytes", () => {
    const random = seededRandom(2);
    for (const type of messages) {
      for (let round = 0; round < 20; round++) decodeOrRefuse(type, randomBytes(random, 60));
    }
  });

  it("throws nothing but DecodeError for damaged messages, and encodes what it accepts", () => {
    const random = seededRandom(3);
    for (const type of messages) {
      const whole = type.encode(randomMessage(reference.lookupType(type.typeName), random));
      for (let round = 0; round < 20; round++) decodeOrRefuse(type, damage(whole, random));
    }
  });
});

function decodeOrRefuse(type: AnyMessageType, bytes: Uint8Array): void {
  let message: object;
  try {
    message = type.decode(bytes);
  } catch (error) {
    assert.ok(error instanceof DecodeError, `${type.typeName}: ${String(error)}`);
    return;
  }
  const again = type.encode(message);
  assert.deepEqual(type.encode(type.decode(again)), again, type.typeName);
}

/** Small numbers are likelier than others: they are tags and lengths that exist. */
function randomBytes(random: Random, sizeMax: number): Uint8Array {
  const bytes = new Uint8Array(Math.floor(random() * sizeMax));
  return bytes.map(() => Math.floor(random() * (random() < 0.5 ? 32 : 256)));
}

function damage(whole: Uint8Array, random: Random): Uint8Array {
  const bytes = whole.slice(0, Math.ceil(whole.length * Math.min(1, random() * 2)));
  for (let count = 0; count < 3; count++) {
    bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
  }
  return bytes;
}
