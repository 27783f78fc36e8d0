import { type Scenario, scenario } from "../scenario.js";
import { startOnQueue, terminate } from "../scripts.js";
import type { PlainObject } from "../wire/plain.js";

const LONG = "x".repeat(1001);

const BAD_POLLS: Readonly<Record<string, PlainObject>> = {
  "no queue": {},
  "empty queue": { taskQueue: { name: "" } },
  "long queue": { taskQueue: { name: LONG } },
  "reserved queue": { taskQueue: { name: "/_sys/reserved" } },
  "long identity": { taskQueue: { name: "q" }, identity: LONG },
  "absent namespace": { taskQueue: { name: "q" }, namespace: "no-such-namespace" },
  "no namespace": { taskQueue: { name: "q" }, namespace: "" },
};

const RESPONSES = [
  "RespondWorkflowTaskCompleted",
  "RespondWorkflowTaskFailed",
  "RespondActivityTaskCompleted",
  "RespondActivityTaskFailed",
  "RespondActivityTaskCanceled",
  "RecordActivityTaskHeartbeat",
];

export const workerRequestScenarios = [
  ...["PollWorkflowTaskQueue", "PollActivityTaskQueue"].map((rpc) =>
    scenario(`refused-${rpc.toLowerCase()}`, async (s) => {
      for (const [label, request] of Object.entries(BAD_POLLS)) {
        await s.attempt(rpc, request, { label });
      }
    }),
  ),

  ...RESPONSES.map((rpc) =>
    scenario(`refused-${rpc.toLowerCase()}`, async (s) => {
      const { queue, run } = await startOnQueue(s);
      const { taskToken } = await s.pollWorkflowTask(queue);
      const answer = async (label: string, request: PlainObject): Promise<void> => {
        await s.attempt(rpc, request, { label });
      };
      await answer("no token", {});
      await answer("bad token", { taskToken: "garbage" });
      await answer("absent namespace", { taskToken, namespace: "no-such-namespace" });
      await answer("namespace of another", { taskToken, namespace: "temporal-system" });
      if (rpc !== "RecordActivityTaskHeartbeat") {
        await answer("long identity", { taskToken, identity: LONG });
      }
      await terminate(s, run);
    }),
  ),

  scenario("shutdown-worker", async (s) => {
    const stickyTaskQueue = s.name("sticky");
    await s.attempt("ShutdownWorker", { stickyTaskQueue, reason: "done" });
    await s.attempt("ShutdownWorker", {}, { label: "without a queue" });
  }),

  scenario("worker-heartbeats", async (s) => {
    const workerInstanceKey = s.uuid("worker");
    const identity = s.name("identity");
    const taskQueue = s.name("queue");
    const heartbeat = {
      workerInstanceKey,
      workerIdentity: identity,
      taskQueue,
      sdkName: "sdk",
      sdkVersion: "1.0",
      status: "WORKER_STATUS_RUNNING",
      hostInfo: { hostName: "host", processId: "7" },
    };
    await s.attempt("RecordWorkerHeartbeat", { identity, workerHeartbeat: [heartbeat] });
    await find(s, { workerInstanceKey, taskQueue });
    const last = { ...heartbeat, status: "WORKER_STATUS_SHUTTING_DOWN" };
    await s.attempt("RecordWorkerHeartbeat", { identity, workerHeartbeat: [last] });
    await find(s, { workerInstanceKey, taskQueue });
  }),
];

async function find(
  s: Scenario,
  worker: { readonly workerInstanceKey: string; readonly taskQueue: string },
): Promise<void> {
  const { workerInstanceKey, taskQueue } = worker;
  await s.attempt("DescribeWorker", { workerInstanceKey });
  await s.attempt("ListWorkers", { query: `TaskQueue = '${taskQueue}'` });
  await s.attempt("CountWorkers", { query: `TaskQueue = '${taskQueue}'` });
}
