import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CancelSource } from "@perdure/kernel";
import { UpdateWorkflowExecutionLifecycleStage as Stage } from "@perdure/proto/temporal/api/enums/v1";
import type { MessageInit } from "@perdure/proto/temporal/api/protocol/v1";
import { Acceptance, Rejection, Response } from "@perdure/proto/temporal/api/update/v1";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "./testing/memory-runtime.js";
import { completeTestTask, settle, startTestTask } from "./testing/test-task.js";
import { type UpdateReply, UpdateService } from "./update-service.js";

const TARGET = { namespaceId: NAMESPACE_ID, workflowId: "a", runId: "" };
const UPDATE = {
  updateId: "one",
  request: { meta: { updateId: "one", identity: "client" }, input: { name: "book" } },
};

function message(typeName: string, value: Uint8Array): MessageInit {
  const body = { typeUrl: `type.googleapis.com/${typeName}`, value };
  return { id: typeName, protocolInstanceId: "one", body };
}

const ACCEPTANCE = message(
  Acceptance.typeName,
  Acceptance.encode({
    acceptedRequestMessageId: "one/request",
    acceptedRequestSequencingEventId: 2n,
    acceptedRequest: UPDATE.request,
  }),
);
const RESPONSE = message(
  Response.typeName,
  Response.encode({
    meta: { updateId: "one" },
    outcome: { value: { kind: "success", value: {} } },
  }),
);
const REJECTION = message(
  Rejection.typeName,
  Rejection.encode({ failure: { message: "refused" }, rejectedRequest: UPDATE.request }),
);

/** What became of a call. */
interface Seen {
  reply: UpdateReply | undefined;
  error: string | undefined;
}

function isWaiting({ reply, error }: Seen): boolean {
  return reply === undefined && error === undefined;
}

function watch(call: Promise<UpdateReply>): Seen {
  const seen: Seen = { reply: undefined, error: undefined };
  call.then(
    (reply) => {
      seen.reply = reply;
    },
    (error: unknown) => {
      seen.error = (error as Error).message;
    },
  );
  return seen;
}

/** A workflow, and a client that updates it and has 60 s. */
async function opened(): Promise<{
  readonly runtime: MemoryRuntime;
  readonly updates: UpdateService;
  readonly update: (stage: Stage, waitMs?: number) => Seen;
  readonly cancel: CancelSource;
}> {
  const runtime = await openMemoryRuntime();
  await startTestRun(runtime, "a");
  const updates = new UpdateService(runtime.host);
  const cancel = new CancelSource();
  const update = (stage: Stage, waitMs = 60_000): Seen => {
    const deadlineMs = runtime.clock.nowMs() + waitMs;
    return watch(updates.update(TARGET, UPDATE, { stage, deadlineMs, signal: cancel }));
  };
  return { runtime, updates, update, cancel };
}

async function doTask(runtime: MemoryRuntime, messages: readonly MessageInit[]): Promise<void> {
  await startTestTask(runtime, "a");
  await completeTestTask(runtime, "a", { messages });
  await settle();
}

describe("UpdateService", () => {
  it("answers each caller at the stage for which it waits", async () => {
    const { runtime, update } = await opened();
    const stages = [Stage.ADMITTED, Stage.ACCEPTED, Stage.COMPLETED];
    const seen = stages.map((stage) => update(stage));
    const reached = (): readonly (Stage | undefined)[] => seen.map(({ reply }) => reply?.stage);
    await settle();
    assert.deepEqual(reached(), [Stage.ADMITTED, undefined, undefined]);
    await doTask(runtime, [ACCEPTANCE]);
    assert.deepEqual(reached(), [Stage.ADMITTED, Stage.ACCEPTED, undefined]);
    const news = { signalName: "go", input: undefined, identity: "", header: undefined };
    await runtime.workflows.signal(TARGET, { ...news, requestId: "" });
    await doTask(runtime, [RESPONSE]);
    assert.deepEqual(reached(), stages);
    assert.equal(seen[2]?.reply?.outcome?.value?.kind, "success");
  });

  it("gives the stored outcome to who sends the same update again, also after a restart", async () => {
    const { runtime, update } = await opened();
    update(Stage.COMPLETED);
    await settle();
    await doTask(runtime, [ACCEPTANCE, RESPONSE]);
    const again = update(Stage.COMPLETED);
    await settle();
    assert.equal(again.reply?.outcome?.value?.kind, "success");
    const restarted = await openMemoryRuntime(runtime);
    const wait = {
      stage: Stage.COMPLETED,
      deadlineMs: runtime.clock.nowMs() + 1,
      signal: new CancelSource(),
    };
    const reply = await new UpdateService(restarted.host).poll(TARGET, "one", wait);
    assert.equal(reply.outcome?.value?.kind, "success");
  });

  it("tells a rejection, after which the update is not known", async () => {
    const { runtime, updates, update } = await opened();
    const seen = update(Stage.ACCEPTED);
    await settle();
    await doTask(runtime, [REJECTION]);
    assert.equal(seen.reply?.stage, Stage.COMPLETED);
    assert.equal(seen.reply?.outcome?.value?.kind, "failure");
    const wait = { stage: Stage.ACCEPTED, deadlineMs: 0, signal: new CancelSource() };
    await assert.rejects(updates.poll(TARGET, "one", wait), /update "one" not found/);
  });

  it("tells of a rejection without a failure that it has none", async () => {
    const { runtime, update } = await opened();
    const seen = update(Stage.COMPLETED);
    await settle();
    const bare = Rejection.encode({ rejectedRequest: UPDATE.request });
    await doTask(runtime, [message(Rejection.typeName, bare)]);
    assert.equal(seen.reply?.lacksFailure, true);
    assert.deepEqual(seen.reply?.outcome, { value: { kind: "failure", value: {} } });
  });

  it("forgets the updates that nobody waits for when it must refuse one", async () => {
    const { runtime, updates } = await opened();
    const signal = new CancelSource();
    const send = (updateId: string, waitMs: number): Seen => {
      const wait = { stage: Stage.COMPLETED, deadlineMs: runtime.clock.nowMs() + waitMs, signal };
      const request = { ...UPDATE.request, meta: { updateId } };
      return watch(updates.update(TARGET, { updateId, request }, wait));
    };
    const abandoned = Array.from({ length: 9 }, (_, index) => send(`abandoned ${index}`, 1000));
    const waiting = send("waiting", 15_000);
    await settle();
    runtime.clock.advance(1000);
    await settle();
    assert.ok(abandoned.every(({ error }) => error === "context deadline exceeded"));
    const refused = send("refused", 1000);
    await settle();
    assert.match(refused.error ?? "", /concurrent in-flight updates/);
    const run = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    assert.deepEqual([...run.state.admittedUpdates.keys()], ["waiting"]);
    const admitted = send("admitted", 1000);
    await settle();
    assert.deepEqual([waiting, admitted].map(isWaiting), [true, true]);
  });

  it("tells after 20 s how far the update is, or that the caller's own time is over", async () => {
    const { runtime, update } = await opened();
    const patient = update(Stage.COMPLETED);
    const hasty = update(Stage.COMPLETED, 5_000);
    await settle();
    runtime.clock.advance(4_999);
    await settle();
    assert.equal(isWaiting(hasty), true);
    runtime.clock.advance(1);
    await settle();
    assert.equal(hasty.error, "context deadline exceeded");
    runtime.clock.advance(14_999);
    await settle();
    assert.equal(isWaiting(patient), true);
    runtime.clock.advance(1);
    await settle();
    assert.equal(patient.reply?.stage, Stage.ADMITTED);
  });

  it("lets a caller go who goes away, and keeps nothing of it", async () => {
    const { runtime, update, cancel } = await opened();
    const seen = update(Stage.COMPLETED);
    await settle();
    const run = await runtime.host.slot(NAMESPACE_ID, "a").run("");
    assert.notEqual(run.updates, undefined);
    cancel.abort();
    await settle();
    assert.equal(seen.error, "context deadline exceeded");
    assert.equal(run.updates, undefined);
  });

  it("admits the update anew when the run was dropped from memory", async () => {
    const { runtime, update } = await opened();
    const seen = update(Stage.COMPLETED);
    await settle();
    runtime.host.slot(NAMESPACE_ID, "a").discard();
    await settle();
    assert.equal(isWaiting(seen), true);
    await doTask(runtime, [ACCEPTANCE, RESPONSE]);
    assert.equal(seen.reply?.outcome?.value?.kind, "success");
  });

  it("fails an update that the workflow did not see before it closed", async () => {
    const { runtime, update } = await opened();
    const seen = update(Stage.COMPLETED);
    await settle();
    await closeTestRun(runtime, "a");
    await settle();
    assert.equal(seen.error, "workflow update was aborted by closing workflow");
  });
});
