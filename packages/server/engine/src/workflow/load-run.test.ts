import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvariantError, type Random, seededRandom } from "@perdure/kernel";
import { RunSnapshot } from "@perdure/proto/perdure/internal/v1";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { TaskQueueKind, WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import {
  cancelTimer,
  completeWorkflow,
  continueAsNew,
  failWorkflow,
  recordMarker,
  requestCancelActivity,
  scheduleActivity,
  startTimer,
} from "../testing/commands.js";
import { TestRun } from "../testing/test-run.js";
import { toDuration } from "../wire-time.js";
import {
  type ActivityTarget,
  cancelActivity,
  completeActivity,
  failActivity,
  heartbeatActivity,
} from "./activity.js";
import { loadRun } from "./load-run.js";
import { requestCancelRun, terminateRun } from "./messages.js";
import { hasStartedTask, isOpen } from "./run-state.js";
import { resetSticky } from "./workflow-task.js";

const NOTHING = new Uint8Array(0);
const PROGRAMS = 40;
const STEPS_MAX = 60;

/** A program of random triggers, legal ones most of the time. */
class RandomProgram {
  readonly run = new TestRun({ limits: { bufferedEventsMax: 4 } });
  readonly #random: Random;
  #count = 0;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** Applies triggers until the run closes; `TestRun` compares the fold with each step. */
  play(): void {
    for (let step = 0; step < STEPS_MAX && isOpen(this.run.state); step++) {
      if (this.#chance(0.05)) this.run.keepSnapshot();
      if (this.#chance(0.1)) this.run.reload();
      const part = this.#random.next();
      if (part < 0.4) this.#workflowTask();
      else if (part < 0.65) this.#activity();
      else this.#other();
    }
  }

  #chance(probability: number): boolean {
    return this.#random.next() < probability;
  }

  #pick<T>(items: readonly T[]): T | undefined {
    return items[Math.floor(this.#random.next() * items.length)];
  }

  #workflowTask(): void {
    const { run } = this;
    if (run.state.workflowTask === undefined) return;
    if (!hasStartedTask(run.state)) run.startTask();
    else if (this.#chance(0.15)) run.failTask(WorkflowTaskFailedCause.NON_DETERMINISTIC_ERROR);
    else this.#complete();
  }

  #complete(): void {
    const commands = Array.from({ length: 3 }, () => this.#command()).filter(
      (command) => command !== undefined,
    );
    const ending = this.#chance(0.06) ? this.#pick(ENDINGS) : undefined;
    const all = ending === undefined ? commands : [...commands, ending];
    const isSticky = this.#chance(0.5);
    try {
      this.run.complete(all, {
        stickyAttributes: isSticky ? STICKY : undefined,
        forceCreateNewWorkflowTask: this.#chance(0.1),
        returnNewWorkflowTask: this.#chance(0.5),
      });
    } catch (error) {
      // A later attempt with an illegal command changes nothing.
      if ((error as Error).name !== "InvalidArgumentError") throw error;
    }
  }

  #command(): CommandInit | undefined {
    const { state } = this.run;
    const id = `n${++this.#count}`;
    const scheduledEventId = this.#pick([...state.activities.keys()]) ?? 99;
    const timerId = this.#pick([...state.timers.keys()]) ?? "none";
    return this.#pick([
      undefined,
      recordMarker(id),
      startTimer(id, Math.floor(this.#random.next() * 20_000)),
      scheduleActivity(id, { requestEagerExecution: this.#chance(0.3) }),
      scheduleActivity(id, { heartbeatTimeout: toDuration(3_000) }),
      scheduleActivity(id, { retryPolicy: { maximumAttempts: 2 } }),
      scheduleActivity(id, { scheduleToCloseTimeout: toDuration(9_000) }),
      this.#chance(0.3) ? cancelTimer(timerId) : undefined,
      this.#chance(0.3) ? requestCancelActivity(scheduledEventId) : undefined,
    ]);
  }

  #activity(): void {
    const { run } = this;
    const activity = this.#pick([...run.state.activities.values()]);
    if (activity === undefined) return;
    const { progress, scheduled } = activity;
    const activityId = scheduled.activityId ?? "";
    if (progress.isBackingOff) return;
    if (progress.startedAtMs === 0) {
      run.startActivity(activityId);
      return;
    }
    const target = { kind: "id", activityId } as const;
    if (progress.cancelRequested && this.#chance(0.5)) this.#cancel(target);
    else this.#answer(target);
  }

  #cancel(target: ActivityTarget): void {
    const { run } = this;
    const canceled = { target, details: undefined, identity: "w" };
    run.apply(cancelActivity(run.state, canceled, run.environment));
  }

  #answer(target: ActivityTarget): void {
    const { run } = this;
    const { state, environment } = run;
    const details = { payloads: [{ data: Buffer.from("progress") }] };
    const failed = {
      target,
      failure: { message: "no luck", cause: { message: "deeper" } },
      identity: "w",
      lastHeartbeatDetails: this.#chance(0.5) ? details : undefined,
    };
    const completion = { target, result: details, identity: "w" };
    if (this.#chance(0.3)) run.apply(completeActivity(state, completion, environment));
    else if (this.#chance(0.5)) run.apply(failActivity(state, failed, environment));
    else run.apply(heartbeatActivity(state, { target, details }, environment).step);
  }

  #other(): void {
    const { run } = this;
    const { state, environment } = run;
    if (this.#chance(0.5)) run.advance(Math.floor(this.#random.next() * 8_000));
    else if (this.#chance(0.6)) run.signal("news", { requestId: `r${this.#count % 5}` });
    else if (this.#chance(0.3)) run.apply(resetSticky(state, environment));
    else if (this.#chance(0.2) && !state.isCancelRequested) {
      const cancel = { requestId: "c1", identity: "c", cause: "enough" };
      run.apply(requestCancelRun(state, cancel, environment));
    } else if (this.#chance(0.05)) {
      const terminate = { reason: "over", details: undefined, identity: "c" };
      run.apply(terminateRun(state, terminate, environment));
    }
  }
}

const ENDINGS = [completeWorkflow(), continueAsNew(), failWorkflow({ message: "no luck" })];
const STICKY = {
  workerTaskQueue: { name: "sticky", kind: TaskQueueKind.STICKY },
  scheduleToStartTimeout: toDuration(5_000),
};

describe("loadRun()", () => {
  it(`folds log and snapshots into the stepped state, in ${PROGRAMS} random programs`, () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= PROGRAMS; seed++) {
      const program = new RandomProgram(seed);
      try {
        program.play();
      } catch (error) {
        throw new assert.AssertionError({ message: `Seed ${seed}: ${(error as Error).stack}` });
      }
      for (const name of program.run.names()) seen.add(name);
    }
    // A generator that gives up early would test nothing.
    for (const name of EXPECTED) assert.ok(seen.has(name), `No program came to ${name}`);
  });

  it("numbers events without gaps", () => {
    const program = new RandomProgram(7);
    program.play();
    const ids = program.run.events.map(({ eventId }) => Number(eventId));
    assert.deepEqual(
      ids,
      ids.map((_, index) => index + 1),
    );
  });

  it("refuses a snapshot of a newer format", () => {
    const newer = RunSnapshot.encode({ format: 1_000 });
    const { state } = new TestRun();
    const first = { firstEventId: 1, eventCount: 0, events: NOTHING, delta: NOTHING };
    const stored = { identity: state, snapshot: newer, first, rest: [] };
    assert.throws(() => loadRun(stored), InvariantError);
  });
});

const EXPECTED = [
  "ActivityTaskCanceled",
  "ActivityTaskCancelRequested",
  "ActivityTaskCompleted",
  "ActivityTaskFailed",
  "ActivityTaskTimedOut",
  "TimerCanceled",
  "TimerFired",
  "WorkflowExecutionCancelRequested",
  "WorkflowExecutionCompleted",
  "WorkflowExecutionContinuedAsNew",
  "WorkflowExecutionFailed",
  "WorkflowExecutionTerminated",
  "WorkflowTaskFailed",
  "WorkflowTaskTimedOut",
];
