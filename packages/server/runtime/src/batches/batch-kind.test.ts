import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  FailedPreconditionError,
  InvalidArgumentError,
  NotFoundError,
  WorkflowAlreadyStartedError,
} from "@perdure/kernel";
import { BatchOperationState } from "@perdure/proto/temporal/api/enums/v1";
import { type MemoryRuntime, NAMESPACE_ID, openMemoryRuntime } from "../testing/memory-runtime.js";
import { TestDispatcher } from "../testing/test-dispatcher.js";
import type { BatchTargets } from "./batch-effects.js";
import { Batches } from "./batch-kind.js";

const TARGET = { namespaceId: NAMESPACE_ID, id: "job" };

/** Workflows that do nothing but remember what was done to them. */
class Targets implements BatchTargets {
  readonly done: string[] = [];
  readonly #ids: readonly string[];

  constructor(ids: readonly string[]) {
    this.#ids = ids;
  }

  async list(): ReturnType<BatchTargets["list"]> {
    return { executions: this.#ids.map((businessId) => ({ businessId })), nextCursor: undefined };
  }

  async count(): Promise<number> {
    return this.#ids.length;
  }

  async perform(_: unknown, { businessId = "" }: { readonly businessId?: string }): Promise<void> {
    if (businessId.startsWith("gone")) throw new NotFoundError("gone");
    if (businessId.startsWith("bad")) throw new FailedPreconditionError("bad");
    this.done.push(businessId);
  }
}

interface Opened extends MemoryRuntime {
  readonly batches: Batches;
}

async function open(
  targets: BatchTargets,
  before?: Pick<MemoryRuntime, "clock" | "disk">,
): Promise<Opened> {
  const runtime = await openMemoryRuntime(before);
  const batches = new Batches(runtime.host.deps);
  batches.connect(targets);
  runtime.host.start(new TestDispatcher(), new Map([[batches.kind, batches.waker]]));
  return { ...runtime, batches };
}

async function pass({ clock }: Opened, spanMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < spanMs; passedMs += 100) {
    clock.advance(100);
    for (let turn = 0; turn < 20; turn++) await setImmediate();
  }
}

function ids(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => `w${n}`);
}

describe("Batches", () => {
  it("does the operation to all, and counts what failed", async () => {
    const targets = new Targets(["w1", "gone", "bad", "w2"]);
    const opened = await open(targets);
    await opened.batches.start(TARGET, { jobId: "job", visibilityQuery: "x = 1" });
    await pass(opened, 200);
    const state = await opened.batches.read(TARGET);
    assert.equal(state.state, BatchOperationState.COMPLETED);
    assert.deepEqual([state.successCount, state.failureCount, state.totalCount], [3, 1, 4]);
    assert.deepEqual(targets.done.toSorted(), ["w1", "w2"]);
  });

  it("takes a job ID once only", async () => {
    const opened = await open(new Targets([]));
    await opened.batches.start(TARGET, { jobId: "job", visibilityQuery: "x = 1" });
    await pass(opened, 100);
    const again = opened.batches.start(TARGET, { jobId: "job", visibilityQuery: "x = 1" });
    await assert.rejects(again, WorkflowAlreadyStartedError);
  });

  it("goes on after a crash where it was, without doing anything again", async () => {
    const before = new Targets(ids(60));
    const opened = await open(before);
    await opened.batches.start(TARGET, { jobId: "job", visibilityQuery: "x = 1" });
    await pass(opened, 200);
    assert.equal(before.done.length, 25);
    opened.batches.stop();
    opened.store.crash();
    const after = new Targets([]);
    const { batches, ...reopened } = await open(after, opened);
    await pass({ batches, ...reopened }, 2000);
    const state = await batches.read(TARGET);
    assert.equal(state.state, BatchOperationState.COMPLETED);
    assert.equal(state.successCount, 60);
    assert.equal(after.done.length, 35);
    assert.equal(new Set([...before.done, ...after.done]).size, 60);
  });

  it("does nothing more once it is stopped", async () => {
    const targets = new Targets(ids(60));
    const opened = await open(targets);
    await opened.batches.start(TARGET, { jobId: "job", visibilityQuery: "x = 1" });
    await pass(opened, 200);
    await opened.batches.cancel(TARGET, "enough");
    await pass(opened, 2000);
    assert.equal(targets.done.length, 25);
    const state = await opened.batches.read(TARGET);
    assert.equal(state.state, BatchOperationState.FAILED);
    await assert.rejects(opened.batches.cancel(TARGET, "again"), NotFoundError);
  });

  it("fails when its query makes no sense", async () => {
    const targets = new Targets([]);
    targets.list = () => Promise.reject(new InvalidArgumentError("no such attribute"));
    const opened = await open(targets);
    await opened.batches.start(TARGET, { jobId: "job", visibilityQuery: "x = 1" });
    await pass(opened, 100);
    const state = await opened.batches.read(TARGET);
    assert.equal(state.state, BatchOperationState.FAILED);
  });
});
