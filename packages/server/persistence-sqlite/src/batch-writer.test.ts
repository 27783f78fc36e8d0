import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BatchReader } from "./batch-reader.js";
import { BatchWriter } from "./batch-writer.js";
import { fromRunIdValue } from "./run-id-value.js";

const UUID = "0190a1b2-c3d4-7e5f-8a6b-00000000abcd";

describe("BatchWriter", () => {
  it("packs values that BatchReader reads back", () => {
    const writer = new BatchWriter();
    const numbers = [0, -1, 2 ** 53 - 1, -(2 ** 53 - 1), 1.5];
    const texts = ["", "a", "ключ 🔑 \0", "x".repeat(100_000)];
    const runIds = [UUID, UUID.toUpperCase(), "", "odd"];
    for (const number of numbers) writer.number(number);
    for (const text of texts) writer.text(text);
    for (const runId of runIds) writer.runId(runId);
    writer.bytes(new Uint8Array());
    writer.bytes(Uint8Array.of(1, 2, 255));

    const reader = new BatchReader(writer.take());
    assert.deepEqual(
      numbers.map(() => reader.number()),
      numbers,
    );
    assert.deepEqual(
      texts.map(() => reader.text()),
      texts,
    );
    assert.deepEqual(
      runIds.map(() => fromRunIdValue(reader.runId())),
      runIds,
    );
    assert.deepEqual([...reader.bytes()], []);
    assert.deepEqual([...reader.bytes()], [1, 2, 255]);
  });

  it("packs values that may be absent as columns take them", () => {
    const writer = new BatchWriter();
    for (const value of [undefined, null, true, false, 7, "text"]) writer.optional(value);
    writer.optionalRunId(undefined);
    writer.optionalRunId("odd");
    writer.optionalRunId(UUID);
    const reader = new BatchReader(writer.take());
    const read = Array.from({ length: 9 }, () => reader.optional());
    assert.deepEqual(read.slice(0, 8), [null, null, 1, 0, 7, "text", null, "odd"]);
    assert.ok(read[8] instanceof Uint8Array);
    assert.equal(fromRunIdValue(read[8]), UUID);
  });

  it("drops what was written before restart()", () => {
    const writer = new BatchWriter();
    writer.text("left over");
    writer.restart();
    writer.byte(9);
    assert.equal(new BatchReader(writer.take()).byte(), 9);
  });
});
