import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { CallbackOutcome } from "@perdure/engine";
import { CallbackState } from "@perdure/proto/temporal/api/enums/v1";
import {
  closeTestRun,
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
} from "../testing/memory-runtime.js";
import type { NexusHttp, NexusHttpCompletion } from "./nexus-call.js";
import { NexusEndpoints } from "./nexus-endpoints.js";
import { NexusService } from "./nexus-service.js";

const URL = "http://receiver/done";
const DOWN: CallbackOutcome = { kind: "failed", message: "down", isRetryable: true };
const REFUSED: CallbackOutcome = { kind: "failed", message: "refused", isRetryable: false };
const DELIVERED: CallbackOutcome = { kind: "delivered" };

/** Answers callbacks as told, the last answer again and again, and remembers them. */
class FakeHttp implements NexusHttp {
  readonly sent: NexusHttpCompletion[] = [];
  readonly #outcomes: CallbackOutcome[];

  constructor(...outcomes: readonly CallbackOutcome[]) {
    this.#outcomes = [...outcomes];
  }

  start(): never {
    assert.fail("No operation is started");
  }

  cancel(): never {
    assert.fail("No operation is canceled");
  }

  complete(completion: NexusHttpCompletion): Promise<CallbackOutcome> {
    this.sent.push(completion);
    const [outcome = DELIVERED] = this.#outcomes;
    if (this.#outcomes.length > 1) this.#outcomes.shift();
    return Promise.resolve(outcome);
  }
}

function connect(runtime: MemoryRuntime, http: NexusHttp): void {
  const { deps } = runtime.host;
  const endpoints = new NexusEndpoints(deps);
  const nexus = new NexusService(runtime.host, { endpoints, http, callbackUrl: () => undefined });
  runtime.host.connectCalls(nexus);
}

async function closedRun(runtime: MemoryRuntime): Promise<void> {
  const variant = { kind: "nexus", value: { url: URL, header: new Map() } } as const;
  const request = {
    workflowId: "workflow",
    workflowType: { name: "Type" },
    taskQueue: { name: "queue" },
    requestId: "request",
    completionCallbacks: [{ variant }],
  };
  await runtime.workflows.start({ namespaceId: NAMESPACE_ID, request, isEager: false });
  await closeTestRun(runtime, "workflow");
  await settle();
}

/** Lets calls come to their end. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await setImmediate();
}

async function callbackOf(runtime: MemoryRuntime): Promise<{
  readonly state: number;
  readonly attempt: number;
}> {
  const target = { namespaceId: NAMESPACE_ID, workflowId: "workflow", runId: "" };
  const { state = 0, attempt = 0 } =
    (await runtime.workflows.describe(target)).callbacks?.[0] ?? {};
  return { state, attempt };
}

describe("CallbackCalls", () => {
  it("tells the receiver of the end of a run, once", async () => {
    const runtime = await openMemoryRuntime();
    const http = new FakeHttp(DELIVERED);
    connect(runtime, http);
    await closedRun(runtime);
    assert.deepEqual(await callbackOf(runtime), { state: CallbackState.SUCCEEDED, attempt: 1 });
    assert.deepEqual(
      http.sent.map(({ url, end }) => [url, end.kind]),
      [[URL, "failed"]],
    );
    assert.deepEqual(await runtime.store.readDueRuns(Infinity, 10), [], "Nothing is left to do");
  });

  it("tries again after a while when the receiver is down", async () => {
    const runtime = await openMemoryRuntime();
    const http = new FakeHttp(DOWN, DELIVERED);
    connect(runtime, http);
    await closedRun(runtime);
    assert.deepEqual(await callbackOf(runtime), { state: CallbackState.BACKING_OFF, attempt: 1 });
    runtime.clock.runNext();
    await settle();
    assert.deepEqual(await callbackOf(runtime), { state: CallbackState.SUCCEEDED, attempt: 2 });
    assert.equal(http.sent.length, 2);
  });

  it("gives up when the receiver refuses", async () => {
    const runtime = await openMemoryRuntime();
    const http = new FakeHttp(REFUSED);
    connect(runtime, http);
    await closedRun(runtime);
    assert.deepEqual(await callbackOf(runtime), { state: CallbackState.FAILED, attempt: 1 });
    assert.deepEqual(await runtime.store.readDueRuns(Infinity, 10), [], "Nothing is left to do");
  });

  it("is wanted by the stored run until it was delivered, whatever server is there", async () => {
    const before = await openMemoryRuntime();
    await closedRun(before);
    const { clock, disk } = before;
    before.store.crash();
    const runtime = await openMemoryRuntime({ clock, disk });
    const http = new FakeHttp(DELIVERED);
    connect(runtime, http);
    const idle = {
      takePoller: () => undefined,
      offer: () => undefined,
      offerTransient: () => () => undefined,
      hasRecentPoller: () => false,
      recheck: () => undefined,
    };
    runtime.host.start(idle);
    await settle();
    assert.equal(http.sent.length, 1);
    assert.deepEqual(await callbackOf(runtime), { state: CallbackState.SUCCEEDED, attempt: 1 });
    await runtime.host.stop();
  });
});
