import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AlreadyExistsError, FailedPreconditionError, NotFoundError } from "@perdure/kernel";
import {
  TaskQueueType,
  VersionDrainageStatus,
  WorkerDeploymentVersionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import { createVersion, newDeployment, registerWorker, setManager } from "./change-deployment.js";
import { conflictToken, isTokenCurrent } from "./conflict-token.js";
import { checkDeletable, deleteVersion } from "./delete-version.js";
import {
  type DeploymentState,
  type DeploymentStep,
  encodeDeployment,
  foldDeployment,
} from "./deployment-state.js";
import {
  nextDrainageCheckMs,
  noteDrainage,
  reactivateVersion,
  versionsToCheck,
  wakeDeployment,
} from "./drainage.js";
import { type CurrentChange, setCurrent, setRamping } from "./route-deployment.js";

const IDENTITY = { namespaceId: "namespace", id: "pay", runId: "run" };
const LIMITS = {
  deploymentVersionsMax: 3,
  deploymentQueuesMax: 2,
  drainageGraceMs: 1_000,
  drainageRefreshMs: 5_000,
};
const { CURRENT, RAMPING, DRAINING, DRAINED, INACTIVE, CREATED } = WorkerDeploymentVersionStatus;

/** A deployment whose log and snapshot must fold into what the steps made. */
class Scene {
  nowMs = 1_000;
  state: DeploymentState;
  readonly polled = new Set<string>();
  #folded: DeploymentState | undefined;

  constructor() {
    const made = { createRequestId: "r", lastModifierIdentity: "" };
    this.state = newDeployment(IDENTITY, made, this.nowMs);
    this.#folded = foldDeployment(undefined, encodeDeployment(this.state), IDENTITY);
  }

  get environment() {
    const hasPollers = (buildId: string): boolean => this.polled.has(buildId);
    return { nowMs: this.nowMs, limits: LIMITS, hasPollers };
  }

  apply(step: DeploymentStep): void {
    this.nowMs += 10;
    this.state = step.next;
    if (step.record !== undefined) {
      this.#folded = foldDeployment(this.#folded, step.record, IDENTITY);
    }
    assert.deepEqual(plain(this.#folded), plain(this.state), "The log folds into the state");
    const snapshot = foldDeployment(undefined, encodeDeployment(this.state), IDENTITY);
    assert.deepEqual(plain(snapshot), plain(this.state), "A snapshot holds the state");
  }

  register(buildId: string, queueName = "queue"): void {
    const registration = { buildId, queueName, queueType: TaskQueueType.WORKFLOW };
    this.apply(registerWorker(this.state, registration, this.environment));
  }

  current(buildId: string, change: Partial<CurrentChange> = {}): void {
    this.apply(setCurrent(this.state, { ...CHANGE, buildId, ...change }, this.environment));
  }

  ramp(buildId: string | undefined, percentage: number): void {
    const change = { ...CHANGE, buildId, percentage };
    this.apply(setRamping(this.state, change, this.environment));
  }

  status(buildId: string): WorkerDeploymentVersionStatus | undefined {
    return this.state.versions.get(buildId)?.status;
  }
}

const CHANGE = {
  identity: "me",
  isTokenCurrent: true,
  allowsNoPollers: false,
  isMissingQueues: false,
};

/** A state without what decoding adds. */
function plain(state: DeploymentState | undefined): unknown {
  return JSON.parse(
    JSON.stringify({ header: state?.header, versions: [...(state?.versions ?? [])] }),
  );
}

function scene(...buildIds: readonly string[]): Scene {
  const made = new Scene();
  for (const buildId of buildIds) made.register(buildId);
  return made;
}

describe("registerWorker()", () => {
  it("makes a version, once, and adds its queues", () => {
    const made = scene("1");
    assert.equal(made.status("1"), INACTIVE);
    const before = made.state;
    made.register("1");
    assert.equal(made.state, before, "It is known");
    made.register("1", "other");
    assert.equal(made.state.versions.get("1")?.queues.length, 2);
    assert.throws(() => made.register("1", "third"), /maximum number of task queues \(2\)/);
  });

  it("lets the oldest version go that nobody uses when there are too many", () => {
    const made = scene("1", "2", "3");
    made.current("1");
    made.polled.add("2");
    made.register("4");
    assert.deepEqual([...made.state.versions.keys()], ["1", "2", "4"]);
    made.polled.add("4");
    assert.throws(() => made.register("5"), /cannot add version pay\.5 .* \(3\)/);
  });
});

describe("setCurrent()", () => {
  it("makes a version current, and the one before drain", () => {
    const made = scene("1", "2");
    made.current("1");
    assert.equal(made.status("1"), CURRENT);
    made.current("2");
    assert.deepEqual([made.status("1"), made.status("2")], [DRAINING, CURRENT]);
    assert.equal(made.state.versions.get("1")?.drainage?.status, VersionDrainageStatus.DRAINING);
    made.current("");
    assert.equal(made.status("2"), DRAINING);
    assert.equal(made.state.header.revision, 3);
  });

  it("ends the ramp of the version that it makes current", () => {
    const made = scene("1", "2");
    made.current("1");
    made.ramp("2", 30);
    made.current("2");
    assert.deepEqual(
      [made.state.header.isRamping, made.state.header.rampPercentage, made.status("2")],
      [false, 0, CURRENT],
    );
  });

  const refusals: readonly (readonly [string, Partial<CurrentChange>, RegExp])[] = [
    ["of a version that is not there", { buildId: "9" }, /build ID '9' not found/],
    ["with an old token", { isTokenCurrent: false }, /conflict token mismatch/],
    ["that loses queues", { isMissingQueues: true }, /proposed current version 'pay:2'/],
  ];
  for (const [what, change, message] of refusals) {
    it(`refuses a change ${what}`, () => {
      const made = scene("1", "2");
      made.current("1");
      assert.throws(() => made.current("2", change), { message });
    });
  }

  it("makes the version where that is allowed", () => {
    const made = scene("1");
    made.current("9", { allowsNoPollers: true });
    assert.equal(made.status("9"), CURRENT);
  });

  it("is for the manager alone", () => {
    const made = scene("1");
    const change = { identity: "boss", managerIdentity: "boss", isTokenCurrent: true };
    made.apply(setManager(made.state, change));
    assert.throws(() => made.current("1"), FailedPreconditionError);
    made.current("1", { identity: "boss" });
    assert.equal(made.status("1"), CURRENT);
  });
});

describe("setRamping()", () => {
  it("ramps up, changes the share, and ends", () => {
    const made = scene("1", "2");
    made.current("1");
    made.ramp("2", 10);
    const sinceMs = made.state.versions.get("2")?.rampingSinceMs;
    made.ramp("2", 20);
    assert.equal(made.status("2"), RAMPING);
    assert.equal(made.state.versions.get("2")?.rampingSinceMs, sinceMs);
    made.ramp(undefined, 0);
    assert.deepEqual([made.status("2"), made.state.header.isRamping], [DRAINING, false]);
  });

  it("refuses the current version", () => {
    const made = scene("1");
    made.current("1");
    assert.throws(() => made.ramp("1", 5), /requested ramping version pay\.1 is already current/);
  });

  it("ramps to unversioned workers", () => {
    const made = scene("1");
    made.current("1");
    made.ramp("", 40);
    assert.deepEqual([made.status("1"), made.state.header.isRamping], [CURRENT, true]);
  });
});

describe("deleteVersion()", () => {
  const remove = (made: Scene, buildId: string, skipsDrainage = false): void => {
    const deletion = { buildId, identity: "me", skipsDrainage };
    made.apply(deleteVersion(made.state, deletion, made.environment));
  };

  it("deletes what nobody uses, and finds it deleted after that", () => {
    const made = scene("1");
    assert.throws(() => checkDeletable(made.state), /has versions/);
    remove(made, "1");
    remove(made, "1");
    checkDeletable(made.state);
  });

  it("refuses versions in use", () => {
    const made = scene("1", "2");
    made.current("1");
    assert.throws(() => remove(made, "1"), /it is current or ramping/);
    made.current("2");
    assert.throws(() => remove(made, "1"), /it is draining/);
    made.polled.add("1");
    assert.throws(() => remove(made, "1", true), /it has active pollers/);
    made.polled.clear();
    remove(made, "1", true);
    assert.equal(made.status("1"), undefined);
  });
});

describe("createVersion()", () => {
  it("makes a version before any worker polls; a repeated request changes nothing", () => {
    const made = new Scene();
    const version = { buildId: "1", identity: "me", requestId: "a" };
    made.apply(createVersion(made.state, version, made.environment));
    assert.equal(made.status("1"), CREATED);
    made.apply(createVersion(made.state, version, made.environment));
    const other = { ...version, requestId: "b" };
    assert.throws(
      () => createVersion(made.state, other, made.environment),
      new AlreadyExistsError('Worker Deployment Version "pay.1" already exists'),
    );
    made.register("1");
    assert.equal(made.status("1"), INACTIVE);
  });
});

describe("drainage", () => {
  it("is looked at after a while, and again until nothing is open", () => {
    const made = scene("1", "2");
    made.current("1");
    made.current("2");
    const sinceMs = made.state.versions.get("1")?.drainage?.changedAtMs ?? 0;
    assert.equal(nextDrainageCheckMs(made.state, LIMITS), sinceMs + LIMITS.drainageGraceMs);
    assert.equal(wakeDeployment(made.state, sinceMs, LIMITS), undefined, "It is too early");
    const woken = wakeDeployment(made.state, sinceMs + 1_000, LIMITS);
    assert.ok(woken);
    made.apply(woken);
    assert.deepEqual(versionsToCheck(made.state), ["1"]);
    const open = { buildId: "1", isDrained: false };
    made.apply(noteDrainage(made.state, open, sinceMs + 1_000));
    assert.equal(
      nextDrainageCheckMs(made.state, LIMITS),
      sinceMs + 1_000 + LIMITS.drainageRefreshMs,
    );
    made.apply(noteDrainage(made.state, { buildId: "1", isDrained: true }, sinceMs + 9_000));
    assert.equal(made.status("1"), DRAINED);
    assert.equal(nextDrainageCheckMs(made.state, LIMITS), undefined);
    made.apply(reactivateVersion(made.state, "1", sinceMs + 10_000));
    assert.equal(made.status("1"), DRAINING);
  });
});

describe("conflictToken()", () => {
  it("changes with what it guards", () => {
    const made = scene("1");
    const token = conflictToken(made.state);
    made.register("2");
    assert.equal(isTokenCurrent(made.state, token), true, "Polls are nobody's change");
    made.current("1");
    assert.equal(isTokenCurrent(made.state, token), false);
    assert.equal(isTokenCurrent(made.state, new Uint8Array(0)), true);
  });
});

describe("an unknown version", () => {
  it("can't ramp", () => {
    assert.throws(() => scene("1").ramp("9", 5), NotFoundError);
  });
});
