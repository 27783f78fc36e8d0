import { setImmediate } from "node:timers/promises";
import { DEFAULT_RUN_LIMITS, type RunLimits } from "@perdure/engine";
import { SILENT_LOGGER, seededRandom, VirtualClock } from "@perdure/kernel";
import { MemoryDisk, MemoryStore, type StoreFaults } from "@perdure/persistence";
import { GroupCommitter } from "../group-committer.js";
import { StoreNumbers } from "../store-numbers.js";
import { WorkflowHost } from "../workflow-host.js";
import { WorkflowService } from "../workflow-service.js";

/** The namespace of every test. */
export const NAMESPACE_ID = "11111111-1111-4111-8111-111111111111";

const NAMESPACES = {
  idOf: (name: string) => (name === "default" ? NAMESPACE_ID : undefined),
  nameOf: (id: string) => (id === NAMESPACE_ID ? "default" : undefined),
};

/** A host over a store in memory, on a virtual clock, without pollers. */
export interface MemoryRuntime {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly store: MemoryStore;
  readonly host: WorkflowHost;
  readonly workflows: WorkflowService;
}

/** Opens a host over what a disk holds; over an empty one by default. */
export async function openMemoryRuntime(
  before?: Partial<Pick<MemoryRuntime, "clock" | "disk">> & {
    readonly faults?: StoreFaults;
    readonly maxIdleSlots?: number;
    readonly limits?: Partial<RunLimits>;
  },
): Promise<MemoryRuntime> {
  const random = seededRandom(1);
  const clock = before?.clock ?? new VirtualClock();
  const disk = before?.disk ?? new MemoryDisk({ random });
  const { faults, maxIdleSlots = 1000 } = before ?? {};
  const store = new MemoryStore({ random, disk, clock, ...(faults && { faults }) });
  const logger = SILENT_LOGGER;
  const committer = new GroupCommitter(store, logger);
  const limits = { ...DEFAULT_RUN_LIMITS, ...before?.limits };
  const sizes = { maxIdleSlots, snapshotEntries: 10 };
  const namespaces = NAMESPACES;
  const numbers = new StoreNumbers(await store.facts());
  const deps = { store, committer, clock, random, logger, numbers, limits, namespaces, ...sizes };
  const host = new WorkflowHost(deps);
  return { clock, disk, store, host, workflows: new WorkflowService(host) };
}

/** Starts a run and returns its ID. */
export async function startTestRun(
  { workflows }: MemoryRuntime,
  workflowId: string,
  requestId = "request",
): Promise<string> {
  const request = {
    workflowId,
    workflowType: { name: "Type" },
    taskQueue: { name: "queue" },
    requestId,
  };
  const reply = await workflows.start({ namespaceId: NAMESPACE_ID, request, isEager: false });
  return reply.runId;
}

/** Closes the current run. */
export async function closeTestRun(
  { workflows }: MemoryRuntime,
  workflowId: string,
): Promise<void> {
  const terminate = { reason: "", details: undefined, identity: "" };
  await workflows.terminate({ namespaceId: NAMESPACE_ID, workflowId, runId: "" }, terminate);
}

/** Runs what is scheduled, time passing, until `work` is done. */
export async function whileTimePasses<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  done.catch(() => undefined);
  while (!isDone) {
    await setImmediate();
    if (!isDone) clock.runNext();
  }
  return done;
}
