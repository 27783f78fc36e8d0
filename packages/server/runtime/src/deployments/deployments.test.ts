import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import { DEFAULT_RUN_LIMITS } from "@perdure/engine";
import { AlreadyExistsError, NotFoundError } from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import { WorkerDeploymentVersionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { DeploymentDirectory } from "../routing/deployment-directory.js";
import { TaskRouter } from "../routing/task-router.js";
import { versionedQueue } from "../routing/versioned-queue.js";
import {
  type MemoryRuntime,
  NAMESPACE_ID,
  openMemoryRuntime,
  startTestRun,
} from "../testing/memory-runtime.js";
import { TestDispatcher } from "../testing/test-dispatcher.js";
import { Deployments } from "./deployments.js";

const TARGET = { namespaceId: NAMESPACE_ID, id: "pay" };
const QUEUE = { namespaceId: NAMESPACE_ID, name: "queue", taskKind: TaskKind.WORKFLOW };
const ONE = { deploymentName: "pay", buildId: "1" };
const TWO = { deploymentName: "pay", buildId: "2" };
const REQUEST = {
  identity: "me",
  conflictToken: new Uint8Array(0),
  ignoresMissingQueues: false,
  allowsNoPollers: false,
};

interface Opened extends MemoryRuntime {
  readonly deployments: Deployments;
  readonly directory: DeploymentDirectory;
  readonly offered: TestDispatcher;
}

/** Opens a server with deployments over what a disk holds. */
async function open(before?: Pick<MemoryRuntime, "clock" | "disk">): Promise<Opened> {
  const runtime = await openMemoryRuntime(before);
  const { host, clock } = runtime;
  const directory = new DeploymentDirectory();
  const router = new TaskRouter(directory, clock);
  const limits = { ...DEFAULT_RUN_LIMITS, deploymentsMax: 2 };
  const deployments = new Deployments(host.deps, { host, directory, router, limits });
  const offered = new TestDispatcher();
  deployments.connect({ offer: (task) => offered.offer(task), recentPollers: () => [] });
  await deployments.load([NAMESPACE_ID]);
  host.start(offered, new Map([[deployments.kind, deployments.waker]]));
  return { ...runtime, deployments, directory, offered };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await setImmediate();
}

async function waiting({ store }: Opened, version: typeof ONE | undefined): Promise<number> {
  const place = version === undefined ? QUEUE : versionedQueue(QUEUE, version);
  return (await store.readTasks(place, { after: undefined, limit: 10 })).length;
}

describe("Deployments", () => {
  it("learns versions from polls, once for many at a time", async () => {
    const { deployments, directory } = await open();
    await Promise.all([1, 2, 3].map(() => deployments.registerWorker(QUEUE, ONE)));
    assert.equal((await deployments.read(TARGET)).versions.size, 1);
    assert.equal(directory.isMember(QUEUE, ONE), true);
    assert.equal(directory.isMember(QUEUE, TWO), false);
  });

  it("moves the tasks that wait when the routing changes", async () => {
    const opened = await open();
    const { deployments } = opened;
    await deployments.registerWorker(QUEUE, ONE);
    await deployments.registerWorker(QUEUE, TWO);
    await startTestRun(opened, "workflow");
    assert.equal(await waiting(opened, undefined), 1);
    await deployments.setCurrent(TARGET, { ...REQUEST, buildId: "1" });
    await settled();
    assert.deepEqual([await waiting(opened, undefined), await waiting(opened, ONE)], [0, 1]);
    await deployments.setCurrent(TARGET, { ...REQUEST, buildId: "2" });
    await settled();
    assert.deepEqual([await waiting(opened, ONE), await waiting(opened, TWO)], [0, 1]);
    const { header } = await deployments.read(TARGET);
    assert.equal(header.movedRevision, header.revision);
  });

  it("knows after a restart what it knew before", async () => {
    const opened = await open();
    await opened.deployments.registerWorker(QUEUE, ONE);
    await opened.deployments.setCurrent(TARGET, { ...REQUEST, buildId: "1" });
    await settled();
    opened.deployments.stop();
    await opened.host.stop();
    const again = await open(opened);
    assert.deepEqual(again.directory.routing(QUEUE)?.current, ONE);
    const state = await again.deployments.read(TARGET);
    const { CURRENT } = WorkerDeploymentVersionStatus;
    assert.equal(state.versions.get("1")?.status, CURRENT);
  });

  it("finds a version drained that has no open workflows", async () => {
    const opened = await open();
    const { deployments, clock } = opened;
    await deployments.registerWorker(QUEUE, ONE);
    await deployments.registerWorker(QUEUE, TWO);
    await deployments.setCurrent(TARGET, { ...REQUEST, buildId: "1" });
    await deployments.setCurrent(TARGET, { ...REQUEST, buildId: "2" });
    await settled();
    clock.advance(DEFAULT_RUN_LIMITS.drainageGraceMs);
    await settled();
    const { DRAINED, DRAINING } = WorkerDeploymentVersionStatus;
    assert.equal((await deployments.read(TARGET)).versions.get("1")?.status, DRAINED);
    deployments.noteUseSoon(NAMESPACE_ID, ONE);
    await settled();
    assert.equal((await deployments.read(TARGET)).versions.get("1")?.status, DRAINING);
  });

  it("makes and deletes deployments, of which there is a limit", async () => {
    const { deployments, directory } = await open();
    const made = { identity: "me", requestId: "a" };
    await deployments.create(TARGET, made);
    await deployments.create(TARGET, made);
    const other = { ...made, requestId: "b" };
    await assert.rejects(deployments.create(TARGET, other), AlreadyExistsError);
    await deployments.create({ ...TARGET, id: "mail" }, made);
    const third = deployments.create({ ...TARGET, id: "third" }, made);
    await assert.rejects(third, /reached maximum deployments in namespace \(2\)/);
    await deployments.delete(TARGET);
    await deployments.delete(TARGET);
    assert.equal(directory.count(NAMESPACE_ID), 1);
    await assert.rejects(deployments.read(TARGET), NotFoundError);
  });
});
