import assert from "node:assert/strict";
import { present } from "@perdure/kernel";
import { RunSnapshot } from "@perdure/proto/perdure/internal/v1";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { History, type HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type {
  RespondWorkflowTaskCompletedRequestInit,
  StartWorkflowExecutionRequestInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { toDuration } from "../wire-time.js";
import { type ActivityTarget, startActivity } from "../workflow/activity.js";
import { completeWorkflowTask, type TaskCompletion } from "../workflow/complete-task.js";
import { loadRun, snapshotRun } from "../workflow/load-run.js";
import { type SignalInput, signalRun } from "../workflow/messages.js";
import { reportTaskFailure } from "../workflow/report-task-failure.js";
import type { ResetStep } from "../workflow/reset-run.js";
import { DEFAULT_RUN_LIMITS, type RunLimits } from "../workflow/run-limits.js";
import { activityOf, type RunIdentity, type RunState } from "../workflow/run-state.js";
import { type StartInput, startRun } from "../workflow/start-run.js";
import {
  type LogRecord,
  type RunStep,
  Step,
  type StepEnvironment,
  type TaskOffer,
} from "../workflow/step.js";
import { nextWakeMs, wakeRun } from "../workflow/wake.js";
import { startWorkflowTask, type TaskProof } from "../workflow/workflow-task.js";

const NAMESPACES = {
  idOf: (name: string) => (name === "default" ? IDENTITY.namespaceId : undefined),
  nameOf: (id: string) => (id === IDENTITY.namespaceId ? "default" : undefined),
};

const IDENTITY = { namespaceId: "namespace-1", workflowId: "workflow-1", runId: "run-1" };
export const START_MS = 1_700_000_000_000;
export const WORKFLOW_TASK_TIMEOUT_MS = 10_000;

/** A run that a reset made, which goes on with a clock of its own. */
export interface MadeRun {
  readonly identity: RunIdentity;
  readonly reset: ResetStep;
  readonly nowMs: number;
}

/** What a start asks for, without what every start of a test has. */
export interface TestStart extends Omit<StartInput, "request"> {
  readonly request?: StartWorkflowExecutionRequestInit;
  readonly limits?: Partial<RunLimits>;
}

/**
 * A run on a clock of its own. Whatever is applied is kept in a log, and after each step the log,
 * and a snapshot with the log behind it, must fold into the very state that the step made.
 */
export class TestRun {
  state: RunState;
  nowMs = START_MS;
  /** Tasks offered by the last step. */
  offers: readonly TaskOffer[] = [];
  /** The run that followed when this one closed. */
  successor: RunStep | undefined;
  readonly limits: RunLimits;
  readonly #identity: RunIdentity;
  readonly #log: LogRecord[] = [];
  #snapshot: { readonly data: Uint8Array; readonly length: number } | undefined;
  #idCount = 0;

  constructor({ request, limits, ...input }: TestStart = {}, made?: MadeRun) {
    this.limits = { ...DEFAULT_RUN_LIMITS, ...limits };
    this.#identity = made?.identity ?? IDENTITY;
    if (made !== undefined) {
      this.nowMs = made.nowMs;
      this.#log.push(...made.reset.history);
      this.state = made.reset.step.next;
      this.apply(made.reset.step);
      return;
    }
    const whole = {
      workflowType: { name: "Order" },
      taskQueue: { name: "orders" },
      workflowTaskTimeout: toDuration(WORKFLOW_TASK_TIMEOUT_MS),
      requestId: "start-request",
      ...request,
    };
    const step = startRun(IDENTITY, { ...input, request: whole }, this.environment);
    this.state = step.next;
    this.apply(step);
  }

  get environment(): StepEnvironment {
    const newId = () => `id-${++this.#idCount}`;
    return { nowMs: this.nowMs, newId, limits: this.limits, namespaces: NAMESPACES };
  }

  /** Makes the step's state the run's, and checks that the log tells the same. */
  apply<S extends RunStep>(step: S): S {
    if (step.record !== undefined) this.#log.push(step.record);
    this.state = step.next;
    this.offers = step.offers;
    const expected = plainState(this.state);
    assert.deepEqual(plainState(this.#load(undefined)), expected, "The log folds into the state");
    if (this.#snapshot !== undefined) {
      const loaded = this.#load(this.#snapshot);
      assert.deepEqual(plainState(loaded), expected, "Snapshot and log fold into the state");
    }
    return step;
  }

  /** Keeps a snapshot of the present state; later steps are checked against it too. */
  keepSnapshot(): void {
    this.#snapshot = { data: snapshotRun(this.state), length: this.#log.length };
  }

  /** Goes on with the state as a restarted server would load it. */
  reload(): void {
    this.state = this.#load(this.#snapshot);
  }

  #load(snapshot: { readonly data: Uint8Array; readonly length: number } | undefined): RunState {
    const first = present(this.#log[0], "A run has a first record");
    const rest = this.#log.slice(Math.max(snapshot?.length ?? 0, 1));
    return loadRun({ identity: this.#identity, snapshot: snapshot?.data, first, rest });
  }

  /** What the steps so far appended to the log. */
  get records(): readonly LogRecord[] {
    return this.#log;
  }

  /** All events of the history. */
  get events(): readonly HistoryEvent[] {
    return this.#log.flatMap(({ events }) => History.decode(events).events);
  }

  /** Names of the events from `firstEventId` on: "TimerStarted" and so on. */
  names(firstEventId = 1): string[] {
    return this.events
      .filter(({ eventId }) => eventId >= BigInt(firstEventId))
      .map(({ attributes }) => eventName(present(attributes, "Events have attributes").kind));
  }

  /** Attributes of the last event of this name. */
  // biome-ignore lint/suspicious/noExplicitAny: tests read fields of all kinds of events.
  last(name: string): any {
    const event = this.events.findLast(
      ({ attributes }) => attributes !== undefined && eventName(attributes.kind) === name,
    );
    return present(event?.attributes, `The history has an event ${name}`).value;
  }

  /** Moves the clock, and wakes the run each time that it asked for on the way. */
  advance(durationMs: number): void {
    const untilMs = this.nowMs + durationMs;
    for (let atMs = this.nextWakeMs; atMs !== undefined && atMs <= untilMs; ) {
      this.nowMs = Math.max(this.nowMs, atMs);
      const woken = this.apply(wakeRun(this.state, this.environment));
      if (woken.successor !== undefined) this.successor = woken.successor;
      const nextMs = this.nextWakeMs;
      assert.ok(nextMs === undefined || nextMs > this.nowMs, "What is due is done");
      atMs = nextMs;
    }
    this.nowMs = untilMs;
  }

  get nextWakeMs(): number | undefined {
    return nextWakeMs(this.state, this.limits.workflowTaskRetryIntervalMsMax);
  }

  /** Gives the pending workflow task to a worker. */
  startTask(identity = "worker-1"): TaskProof {
    const step = new Step(this.state, this.environment);
    startWorkflowTask(step, { identity, requestId: "poll-1" });
    this.apply(step.finish());
    return this.proof;
  }

  /** Proof of the workflow task that a worker holds. */
  get proof(): TaskProof {
    return present(this.state.workflowTask, "A workflow task is pending");
  }

  /** Completes the workflow task that a worker holds. */
  complete(
    commands: readonly CommandInit[] = [],
    request: RespondWorkflowTaskCompletedRequestInit = {},
  ): TaskCompletion {
    const input = { proof: this.proof, request: { identity: "worker-1", ...request, commands } };
    const completion = this.apply(completeWorkflowTask(this.state, input, this.environment));
    if (completion.successor !== undefined) this.successor = completion.successor;
    return completion;
  }

  /** Starts the pending workflow task and completes it. */
  runTask(
    commands: readonly CommandInit[] = [],
    request: RespondWorkflowTaskCompletedRequestInit = {},
  ): TaskCompletion {
    this.startTask();
    return this.complete(commands, request);
  }

  /** Reports the workflow task that a worker holds as failed. */
  failTask(
    cause: WorkflowTaskFailedCause = WorkflowTaskFailedCause.WORKFLOW_WORKER_UNHANDLED_FAILURE,
  ): RunStep {
    const failed = {
      proof: this.proof,
      cause,
      failure: { message: "no luck" },
      identity: "worker-1",
      binaryChecksum: "",
    };
    return this.apply(reportTaskFailure(this.state, failed, this.environment));
  }

  signal(signalName: string, more: Partial<SignalInput> = {}): RunStep {
    const signal = {
      signalName,
      input: undefined,
      identity: "client-1",
      header: undefined,
      requestId: "",
      ...more,
    };
    return this.apply(signalRun(this.state, signal, this.environment));
  }

  /** Gives an activity to a worker; returns what its task token would name. */
  startActivity(activityId: string, identity = "worker-1"): ActivityTarget {
    const scheduledEventId = present(this.state.activityIds.get(activityId), "It is pending");
    const step = new Step(this.state, this.environment);
    const { stamp } = activityOf(this.state, scheduledEventId).progress;
    startActivity(step, { scheduledEventId, stamp, identity, requestId: "poll-2" });
    this.apply(step.finish());
    const { attempt, startedAtMs } = activityOf(this.state, scheduledEventId).progress;
    return { kind: "token", scheduledEventId, attempt, startedAtMs };
  }
}

function eventName(kind: string): string {
  return kind.slice(0, 1).toUpperCase() + kind.slice(1, -"EventAttributes".length);
}

/** A state by value: persistent maps and sets compare without an order of their own. */
export function plainState(state: RunState): unknown {
  const snapshot = RunSnapshot.decode(snapshotRun(state));
  const byId = <T>(items: readonly T[], idOf: (item: T) => string): ReadonlyMap<string, T> =>
    new Map(items.map((item) => [idOf(item), item]));
  return {
    ...snapshot,
    activities: byId(snapshot.activities, ({ scheduled }) => `${scheduled?.eventId}`),
    timers: byId(snapshot.timers, ({ timerId }) => timerId),
    signalRequestIds: new Set(snapshot.signalRequestIds),
  };
}
