import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { medianOf, reportRow } from "./report.mjs";

const CPU = {
  name: "cpu",
  title: "CPU, ms",
  reach: "≤ 1.2",
  measurement: "hello",
  key: "cpu",
  better: "less",
  limit: () => 1.2,
};
const FACTS = { servers: ["perdure", "memory"], fsyncMs: 0.5, idleCount: 20_000 };

function sample(server, cpu) {
  return { measurement: "hello", server, result: { cpu } };
}

describe("reportRow()", () => {
  it("gives the medians of each server, their ratio and the verdict", () => {
    const samples = [1, 3, 1.5].map((cpu) => sample("perdure", cpu));
    samples.push(sample("memory", 22), sample("memory", 11));
    assert.deepEqual(reportRow(CPU, samples, FACTS), {
      title: "CPU, ms",
      target: "≤ 1.2",
      figures: [1.5, 16.5],
      ratio: 11,
      isMet: false,
      note: undefined,
    });
  });

  it("judges by the ratio where the target is one", () => {
    const row = { ...CPU, better: "more", limit: undefined, ratioMin: 12 };
    const report = (ours) =>
      reportRow(row, [sample("perdure", ours), sample("memory", 100)], FACTS);
    assert.equal(report(1200).isMet, true);
    assert.equal(report(1199).isMet, false);
  });

  it("works out a limit that depends on the disk", () => {
    const limit = ({ fsyncMs }) => 4 * fsyncMs + 3;
    const row = { ...CPU, reach: "≤ 4 × fsync p50 + 3 ms", limit };
    const report = reportRow(row, [sample("perdure", 5)], FACTS);
    assert.equal(report.target, "≤ 4 × fsync p50 + 3 ms = 5.0");
    assert.equal(report.isMet, true);
  });

  it("tells why there is no figure, and leaves the verdict open", () => {
    const problem = "method PollWorkflowExecutionUpdate | not implemented";
    const report = reportRow(CPU, [{ ...sample("perdure"), result: undefined, problem }], FACTS);
    assert.deepEqual(report.figures, [undefined, undefined]);
    assert.equal(report.isMet, undefined);
    assert.equal(report.note, "method PollWorkflowExecutionUpdate / not implemented");
  });

  it("names the number of idle workflows that there really were", () => {
    const report = reportRow({ ...CPU, title: "RSS of {idle}" }, [], FACTS);
    assert.equal(report.title, "RSS of 20,000");
  });

  it("ignores the samples of other measurements", () => {
    const other = { measurement: "chain", server: "perdure", result: { cpu: 9 } };
    assert.deepEqual(reportRow(CPU, [other, sample("perdure", 1)], FACTS).figures, [1, undefined]);
  });
});

describe("medianOf()", () => {
  it("leaves out samples that lack the value", () => {
    const samples = [sample("perdure", 2), { measurement: "x", server: "memory" }];
    assert.equal(medianOf(samples, "cpu"), 2);
  });
});
