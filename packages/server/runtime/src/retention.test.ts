import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { SILENT_LOGGER } from "@perdure/kernel";
import { EntityKind } from "@perdure/persistence";
import { removeRuns } from "./remove-runs.js";
import { type RetainedKind, RetentionSweeper } from "./retention.js";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
  whileTimePasses,
} from "./testing/memory-runtime.js";

const HOUR_MS = 3_600_000;

function sweeperOf(runtime: MemoryRuntime, retentionMs = HOUR_MS): RetentionSweeper {
  const { store, clock, host } = runtime;
  const remove: RetainedKind["remove"] = (_, rows) => removeRuns(host, rows);
  const kinds = [{ kind: EntityKind.WORKFLOW, remove }];
  const deps = { store, clock, logger: SILENT_LOGGER, kinds };
  return new RetentionSweeper(deps, () => [{ namespaceId: NAMESPACE_ID, retentionMs }]);
}

async function workflowIds({ store }: MemoryRuntime): Promise<readonly string[]> {
  const query = { namespaceId: NAMESPACE_ID, filter: undefined, order: [] };
  const page = await store.listVisibility(query, { cursor: undefined, limit: 1000 });
  return page.rows.map((row) => row.workflowId).sort();
}

describe("RetentionSweeper", () => {
  it("deletes closed runs when their time is over, not before, and never open ones", async () => {
    const runtime = await openMemoryRuntime();
    await startTestRun(runtime, "open");
    await startTestRun(runtime, "old");
    await closeTestRun(runtime, "old");
    runtime.clock.advance(1);
    await startTestRun(runtime, "younger");
    await closeTestRun(runtime, "younger");
    const sweeper = sweeperOf(runtime);

    runtime.clock.advance(HOUR_MS - 2);
    await whileTimePasses(runtime.clock, sweeper.sweep());
    assert.deepEqual(await workflowIds(runtime), ["old", "open", "younger"]);
    runtime.clock.advance(1);
    await whileTimePasses(runtime.clock, sweeper.sweep());
    assert.deepEqual(await workflowIds(runtime), ["open", "younger"]);
  });

  it("finds after a restart what closed before it", async () => {
    const runtime = await openMemoryRuntime();
    const runId = await startTestRun(runtime, "a");
    await closeTestRun(runtime, "a");
    const restarted = await openMemoryRuntime(runtime);
    restarted.clock.advance(HOUR_MS);
    await whileTimePasses(restarted.clock, sweeperOf(restarted).sweep());
    assert.deepEqual(await workflowIds(restarted), []);
    const target = { namespaceId: NAMESPACE_ID, workflowId: "a", runId };
    await assert.rejects(restarted.workflows.inspect(target), /not found/);
  });

  it("deletes many runs in batches with pauses between them", async () => {
    const runtime = await openMemoryRuntime();
    for (let index = 0; index < 250; index++) {
      await startTestRun(runtime, `workflow-${index}`);
      await closeTestRun(runtime, `workflow-${index}`);
    }
    runtime.clock.advance(HOUR_MS);
    const startedAtMs = runtime.clock.nowMs();
    await whileTimePasses(runtime.clock, sweeperOf(runtime).sweep());
    assert.deepEqual(await workflowIds(runtime), []);
    assert.equal(runtime.clock.nowMs() - startedAtMs, 200);
  });

  it("sweeps again and again until it is stopped", async () => {
    const runtime = await openMemoryRuntime();
    const sweeper = sweeperOf(runtime);
    sweeper.start();
    for (const workflowId of ["a", "b"]) {
      await startTestRun(runtime, workflowId);
      await closeTestRun(runtime, workflowId);
      const isGone = async (): Promise<void> => {
        while ((await workflowIds(runtime)).length > 0) await setImmediate();
      };
      const untilMs = runtime.clock.nowMs() + 2 * HOUR_MS;
      await whileTimePasses(runtime.clock, isGone());
      assert.ok(runtime.clock.nowMs() <= untilMs);
    }
    await sweeper.stop();
  });
});
