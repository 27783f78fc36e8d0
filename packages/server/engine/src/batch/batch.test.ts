import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { NotFoundError } from "@perdure/kernel";
import { BatchOperationState } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { type BatchState, type BatchStep, encodeBatch, foldBatch } from "./batch-state.js";
import {
  batchWakeMs,
  failBatch,
  hasBatchWork,
  isBatchOpen,
  nextOfBatch,
  noteDone,
  notePage,
  startBatch,
  stopBatch,
  wakeBatch,
} from "./batch-steps.js";

const IDENTITY = { namespaceId: "n", id: "job", runId: "r" };
const REQUEST: StartBatchOperationRequestInit = { jobId: "job", reason: "why" };

function begin(request: StartBatchOperationRequestInit = REQUEST): BatchState {
  return startBatch(IDENTITY, request, { nowMs: 1000, newId: () => "start" }).next;
}

function page(count: number, nextCursor?: Uint8Array): BatchState["page"] & object {
  const executions = Array.from({ length: count }, (_, n) => ({ businessId: `w${n}` }));
  return { executions, nextCursor };
}

function take(step: BatchStep | undefined): BatchState {
  assert.ok(step !== undefined);
  return step.next;
}

describe("a batch operation", () => {
  it("has work until everything is done, and keeps to its rate", () => {
    const found = take(notePage(begin(), { page: page(30), totalCount: 30 }, { nowMs: 1000 }));
    assert.equal(nextOfBatch(found).length, 25);
    const half = take(noteDone(found, { successCount: 24, failureCount: 1 }, { nowMs: 1000 }));
    assert.equal(hasBatchWork(half), false);
    assert.equal(batchWakeMs(half), 1500);
    assert.equal(wakeBatch(half, { nowMs: 1499 }), undefined);
    const on = take(wakeBatch(half, { nowMs: 1500 }));
    assert.equal(hasBatchWork(on), true);
    assert.deepEqual(nextOfBatch(on).at(0), { businessId: "w25" });
    const done = take(noteDone(on, { successCount: 5, failureCount: 0 }, { nowMs: 1600 }));
    assert.equal(done.state, BatchOperationState.COMPLETED);
    assert.equal(done.closedMs, 1600);
    assert.deepEqual([done.successCount, done.failureCount, done.totalCount], [29, 1, 30]);
    assert.equal(batchWakeMs(done), undefined);
  });

  it("goes on with the next page, and is done when there is none", () => {
    const cursor = Buffer.from("next");
    const first = take(notePage(begin(), { page: page(1, cursor), totalCount: 2 }, { nowMs: 1 }));
    const done = take(noteDone(first, { successCount: 1, failureCount: 0 }, { nowMs: 1 }));
    assert.equal(isBatchOpen(done), true);
    assert.deepEqual(nextOfBatch(done), []);
    const last = take(notePage(done, { page: page(0) }, { nowMs: 2 }));
    assert.equal(last.state, BatchOperationState.COMPLETED);
    assert.equal(last.totalCount, 1);
  });

  it("does one a time when its rate is below one a second", () => {
    const slow = begin({ ...REQUEST, maxOperationsPerSecond: 0.5 });
    const found = take(notePage(slow, { page: page(2), totalCount: 2 }, { nowMs: 0 }));
    assert.equal(nextOfBatch(found).length, 1);
    const done = take(noteDone(found, { successCount: 1, failureCount: 0 }, { nowMs: 0 }));
    assert.equal(batchWakeMs(done), 2000);
  });

  it("does nothing more once it is stopped", () => {
    const found = take(notePage(begin(), { page: page(2), totalCount: 2 }, { nowMs: 0 }));
    const stopped = stopBatch(found, "enough", { nowMs: 5 }).next;
    assert.equal(stopped.state, BatchOperationState.FAILED);
    assert.equal(stopped.stopReason, "enough");
    assert.equal(hasBatchWork(stopped), false);
    assert.equal(noteDone(stopped, { successCount: 1, failureCount: 0 }, { nowMs: 6 }), undefined);
    assert.equal(notePage(stopped, { page: page(1) }, { nowMs: 6 }), undefined);
    assert.equal(failBatch(stopped, { nowMs: 6 }), undefined);
    assert.throws(() => stopBatch(stopped, "again", { nowMs: 6 }), NotFoundError);
  });

  it("is the same when it is folded from its records, or from a snapshot", () => {
    const started = startBatch(IDENTITY, REQUEST, { nowMs: 1000, newId: () => "start" });
    const steps = [started];
    const found = { page: page(3, Buffer.from("c")), totalCount: 9 };
    const second = notePage(started.next, found, { nowMs: 1001 });
    assert.ok(second !== undefined);
    const third = noteDone(second.next, { successCount: 2, failureCount: 1 }, { nowMs: 1002 });
    assert.ok(third !== undefined);
    steps.push(second, third);
    let folded: BatchState | undefined;
    for (const { record } of steps) folded = foldBatch(folded, record, IDENTITY);
    assert.ok(folded !== undefined);
    assert.deepEqual(encodeBatch(folded), encodeBatch(third.next));
    const loaded = foldBatch(undefined, encodeBatch(third.next), IDENTITY);
    assert.deepEqual(encodeBatch(loaded), encodeBatch(third.next));
    assert.equal(loaded.position, 3);
    assert.equal(loaded.startRequestId, "start");
  });
});
