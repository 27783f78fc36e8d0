import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ResourceExhaustedError, VirtualClock } from "@perdure/kernel";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import { type CallContext, NO_CALL } from "../grpc/call-context.js";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import type { CallRate } from "./priority-buckets.js";
import { type GroupRates, type NamespaceQuota, QuotaGuard } from "./quota-guard.js";
import { rpcQuota } from "./rpc-quota.js";

const { methods } = WorkflowService;
const OFF: CallRate = { perSecond: 0, burst: 1, firstShare: 0.2 };
const ONE: CallRate = { perSecond: 1, burst: 1, firstShare: 0.2 };
const UNLIMITED: GroupRates = { execution: OFF, visibility: OFF, namespaceChange: OFF };

interface Limits {
  readonly server?: Partial<GroupRates>;
  readonly one?: Partial<GroupRates>;
  readonly longRunningMax?: number;
}

function guardOf({ server, one, longRunningMax = 0 }: Limits): QuotaGuard {
  const unlimited: NamespaceQuota = { rates: UNLIMITED, longRunningMax: 0 };
  const limited: NamespaceQuota = { rates: { ...UNLIMITED, ...one }, longRunningMax };
  return new QuotaGuard({
    quotas: {
      isOn: true,
      server: { ...UNLIMITED, ...server },
      of: (name) => (name === "one" ? limited : unlimited),
    },
    clock: new VirtualClock(),
    namespaces: { has: (name) => name !== "absent" },
  });
}

const CALL: CallContext = NO_CALL;
const OPERATOR: CallContext = {
  ...NO_CALL,
  metadata: { get: (name) => (name === "caller-type" ? "operator" : undefined) },
};

function caller(
  guard: QuotaGuard,
  method: AnyMethodDescriptor,
  handler: UnaryHandler = () => ({}),
): (request?: object, call?: CallContext) => ReturnType<UnaryHandler> {
  const guarded = guard.guard(method, handler);
  return (request = { namespace: "one" }, call = CALL) => guarded(request as never, call);
}

function exhausted(message: string, cause: string, scope: string): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof ResourceExhaustedError);
    assert.equal(error.message, message);
    assert.deepEqual(error.exhausted, { cause, scope });
    return true;
  };
}

describe("rpcQuota()", () => {
  it("has a place for every method of the workflow service", () => {
    const undecided = Object.values(methods).filter((method) => rpcQuota(method) === undefined);
    assert.deepEqual(undecided, []);
  });
});

describe("QuotaGuard", () => {
  it("limits a namespace, and no other one", () => {
    const call = caller(guardOf({ one: { execution: ONE } }), methods.StartWorkflowExecution);
    call();
    const refusal = exhausted("namespace rate limit exceeded", "RPS_LIMIT", "NAMESPACE");
    assert.throws(() => call(), refusal);
    call({ namespace: "two" });
    call({ namespace: "absent" });
  });

  it("limits all calls together", () => {
    const call = caller(guardOf({ server: { execution: ONE } }), methods.StartWorkflowExecution);
    call();
    const refusal = exhausted("service rate limit exceeded", "RPS_LIMIT", "SYSTEM");
    assert.throws(() => call({ namespace: "two" }), refusal);
  });

  it("counts the groups of calls apart", () => {
    const guard = guardOf({ one: { execution: ONE, visibility: ONE, namespaceChange: ONE } });
    for (const name of ["StartWorkflowExecution", "ListWorkflowExecutions", "UpdateNamespace"]) {
      const method = methods[name as keyof typeof methods] as unknown as AnyMethodDescriptor;
      const call = caller(guard, method);
      call();
      assert.throws(() => call(), ResourceExhaustedError, name);
    }
  });

  it("turns polls away before progress, and watches before polls", () => {
    const rate = { perSecond: 1, burst: 2, firstShare: 1 };
    const guard = guardOf({ one: { execution: rate } });
    const poll = caller(guard, methods.PollWorkflowTaskQueue);
    const complete = caller(guard, methods.RespondWorkflowTaskCompleted);
    const read = caller(guard, methods.GetWorkflowExecutionHistory);
    const watch = { namespace: "one", waitNewEvent: true };
    poll();
    poll();
    assert.throws(() => read(watch), ResourceExhaustedError);
    assert.throws(() => poll(), ResourceExhaustedError);
    read({ namespace: "one", waitNewEvent: false });
    complete();
    complete();
    assert.throws(() => complete(), ResourceExhaustedError);
    complete({ namespace: "one" }, OPERATOR);
  });

  it("counts a look for reachability as one into lists", () => {
    const guard = guardOf({ server: { visibility: ONE } });
    const describeQueue = caller(guard, methods.DescribeTaskQueue);
    const reaching = { namespace: "one", reportTaskReachability: true };
    describeQueue(reaching);
    assert.throws(() => describeQueue(reaching), ResourceExhaustedError);
    describeQueue();
  });

  it("limits calls that wait at once, for each method", async () => {
    const guard = guardOf({ longRunningMax: 1 });
    const ends: (() => void)[] = [];
    const wait: UnaryHandler = () =>
      new Promise((resolve) => {
        ends.push(() => resolve({}));
      });
    const poll = caller(guard, methods.PollWorkflowTaskQueue, wait);
    const query = caller(guard, methods.QueryWorkflow, wait);
    const first = poll();
    const refusal = exhausted(
      "namespace concurrent poller limit exceeded",
      "CONCURRENT_LIMIT",
      "NAMESPACE",
    );
    assert.throws(() => poll(), refusal);
    const others = [query(), poll({ namespace: "two" })];
    for (const end of ends) end();
    await Promise.all([first, ...others]);
    const again = poll();
    ends.at(-1)?.();
    await again;
  });

  it("gives a place back when a call that waits fails", async () => {
    const fail: UnaryHandler = () => Promise.reject(new ResourceExhaustedError("x", BUSY));
    const poll = caller(guardOf({ longRunningMax: 1 }), methods.PollWorkflowTaskQueue, fail);
    await assert.rejects(async () => await poll(), { message: "x" });
    await assert.rejects(async () => await poll(), { message: "x" });
  });

  it("does not count histories that are read at once", () => {
    const read = caller(guardOf({ longRunningMax: 1 }), methods.GetWorkflowExecutionHistory, () => {
      return new Promise(() => undefined);
    });
    void read({ namespace: "one", waitNewEvent: false });
    void read({ namespace: "one", waitNewEvent: false });
    void read({ namespace: "one", waitNewEvent: true });
    assert.throws(() => read({ namespace: "one", waitNewEvent: true }), ResourceExhaustedError);
  });
});

const BUSY = { cause: "BUSY_WORKFLOW", scope: "NAMESPACE" } as const;
