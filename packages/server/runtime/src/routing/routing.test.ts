import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type DeploymentState, encodeDeployment, foldDeployment } from "@perdure/engine";
import { VirtualClock } from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import { type DeploymentHeaderInit, DeploymentRecord } from "@perdure/proto/perdure/internal/v1";
import { TaskQueueType } from "@perdure/proto/temporal/api/enums/v1";
import { DeploymentDirectory } from "./deployment-directory.js";
import { fingerprint32, rampThreshold } from "./ramp-threshold.js";
import { TaskRouter } from "./task-router.js";
import { logicalQueue, versionedQueue } from "./versioned-queue.js";

const QUEUE: QueueKey = { namespaceId: "n", name: "queue", taskKind: TaskKind.WORKFLOW };
const ONE = { deploymentName: "pay", buildId: "1" };
const TWO = { deploymentName: "pay", buildId: "2" };

function deployment(
  header: DeploymentHeaderInit,
  id = "pay",
  type: TaskQueueType = TaskQueueType.WORKFLOW,
): DeploymentState {
  const queues = [{ name: QUEUE.name, type }];
  const versions = ["1", "2"].map((buildId) => ({ buildId, queues }));
  const record = DeploymentRecord.encode({ header, versions });
  const state = foldDeployment(undefined, record, { namespaceId: "n", id, runId: id });
  assert.ok(encodeDeployment(state).length > 0);
  return state;
}

function routerOf(...states: readonly DeploymentState[]): TaskRouter {
  const directory = new DeploymentDirectory();
  for (const state of states) directory.put(state);
  return new TaskRouter(directory, new VirtualClock());
}

const current = (currentBuildId: string, currentChangedAtMs = 5) => ({
  currentBuildId,
  currentChangedAtMs,
  revision: 3,
});

describe("versionedQueue()", () => {
  it("makes names that no user can give, and that tell version and queue", () => {
    const version = { deploymentName: "a/b c", buildId: "1/2:3" };
    const place = versionedQueue({ ...QUEUE, name: "x/y:z" }, version);
    assert.ok(place.name.startsWith("/_sys/"));
    assert.deepEqual(logicalQueue(place.name), { name: "x/y:z", version });
    assert.deepEqual(logicalQueue("x/y"), { name: "x/y", version: undefined });
  });
});

describe("rampThreshold()", () => {
  it("is that of the official server", () => {
    const known: readonly (readonly [string, number])[] = [
      ["", 3_696_677_242],
      ["abcd", 2_562_006_677],
      ["workflow-id1", 1_940_127_774],
      ["some-longer-workflow", 2_245_928_273],
      ["a workflow ID that is longer than twenty-four bytes", 1_549_853_493],
    ];
    for (const [text, expected] of known) {
      assert.equal(fingerprint32(Buffer.from(text)), expected, text);
    }
    const threshold = rampThreshold("order-12345");
    assert.ok(threshold >= 0 && threshold < 100);
  });
});

describe("TaskRouter", () => {
  const plain = { workflowId: "w", directive: undefined };
  const pinned = { isPinned: true, version: ONE, usesRamping: false };

  it("leaves the tasks of a queue without versions where they are", () => {
    assert.equal(routerOf().place(QUEUE, plain), QUEUE);
    const other = { ...QUEUE, name: "other" };
    assert.equal(routerOf(deployment(current("2"))).place(other, plain), other);
  });

  it("sends tasks to the current version, and those of pinned runs to theirs", () => {
    const router = routerOf(deployment(current("2")));
    assert.deepEqual(router.place(QUEUE, plain), versionedQueue(QUEUE, TWO));
    const task = { workflowId: "w", directive: pinned };
    assert.deepEqual(router.place(QUEUE, task), versionedQueue(QUEUE, ONE));
    assert.deepEqual(router.target(QUEUE, plain), { version: TWO, revision: 3 });
  });

  it("sends an activity elsewhere whose queue does not know the run's version", () => {
    const activities: QueueKey = { ...QUEUE, taskKind: TaskKind.ACTIVITY };
    const router = routerOf(
      deployment(current("2"), "mail", TaskQueueType.ACTIVITY),
      deployment(current("1")),
    );
    const task = { workflowId: "w", directive: pinned };
    const mail = { deploymentName: "mail", buildId: "2" };
    assert.deepEqual(router.place(activities, task), versionedQueue(activities, mail));
  });

  it("splits workflows by their ID, always in the same way", () => {
    const ramp = { isRamping: true, rampingBuildId: "2", rampPercentage: 40 };
    const header = { ...current("1"), ...ramp, rampPercentageChangedAtMs: 6 };
    const router = routerOf(deployment(header));
    const places = Array.from({ length: 1000 }, (_, index) => {
      const task = { workflowId: `workflow-${index}`, directive: undefined };
      return router.target(QUEUE, task)?.version?.buildId;
    });
    const share = places.filter((buildId) => buildId === "2").length / places.length;
    assert.ok(share > 0.34 && share < 0.46, `${share} of the workflows ramp`);
    const asked = { isPinned: false, version: ONE, usesRamping: true };
    const target = router.target(QUEUE, { workflowId: "any", directive: asked });
    assert.deepEqual(target?.version, TWO);
  });

  it("takes the deployment that changed last, and unversioned workers only if no other", () => {
    const mail = { deploymentName: "mail", buildId: "1" };
    const later = routerOf(deployment(current("1", 5)), deployment(current("1", 9), "mail"));
    assert.deepEqual(later.target(QUEUE, plain)?.version, mail);
    const unset = routerOf(deployment(current("1", 5)), deployment(current("", 9), "mail"));
    assert.deepEqual(unset.target(QUEUE, plain)?.version, ONE);
  });

  it("keeps a run with its worker unless its tasks go to another version", () => {
    const router = routerOf(deployment(current("2")));
    const moving = { isPinned: false, version: ONE, usesRamping: false };
    const directives = [pinned, moving, { ...moving, version: TWO }];
    const answers = directives.map((directive) =>
      router.mayStick(QUEUE, { workflowId: "w", directive }),
    );
    assert.deepEqual(answers, [true, false, true]);
  });
});
