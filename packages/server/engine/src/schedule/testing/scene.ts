import assert from "node:assert/strict";
import {
  ScheduleOverlapPolicy,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { ScheduleInit } from "@perdure/proto/temporal/api/schedule/v1";
import { toDuration, toTimestamp } from "../../wire-time.js";
import { nextScheduleWakeMs } from "../advance.js";
import { createSchedule, patchSchedule, wakeSchedule } from "../change-schedule.js";
import { type ActionEnd, noteEnds, noteRefresh, noteStart } from "../follow-actions.js";
import {
  encodeSchedule,
  foldSchedule,
  type ScheduleState,
  type ScheduleStep,
} from "../schedule-state.js";

export const HOUR_MS = 3_600_000;
export const START_MS = Date.parse("2026-01-01T00:00:00Z");
export const IDENTITY = { namespaceId: "namespace", id: "schedule", runId: "run" };
export const HOURLY = { interval: [{ interval: toDuration(HOUR_MS) }] };

/** A schedule on a clock, whose stored state is checked after each step. */
export class Scene {
  nowMs = START_MS;
  state: ScheduleState;
  #lastId = 0;

  constructor(schedule: Partial<ScheduleInit> = {}) {
    const whole: ScheduleInit = {
      spec: HOURLY,
      action: { action: { kind: "startWorkflow", value: { workflowId: "w" } } },
      ...schedule,
    };
    const made = { identity: IDENTITY, schedule: whole, patch: undefined, requestId: "create" };
    const none = { memo: undefined, searchAttributes: undefined };
    const step = createSchedule({ ...made, ...none }, this.environment);
    this.state = foldSchedule(undefined, step.record ?? new Uint8Array(), IDENTITY);
  }

  get environment() {
    return { nowMs: this.nowMs, newId: () => `id-${++this.#lastId}` };
  }

  apply(step: ScheduleStep | undefined): void {
    if (step?.record === undefined) return;
    const folded = foldSchedule(this.state, step.record, IDENTITY);
    const whole = foldSchedule(undefined, encodeSchedule(folded), IDENTITY);
    assert.deepEqual(encodeSchedule(folded), encodeSchedule(step.next));
    assert.deepEqual(encodeSchedule(whole), encodeSchedule(step.next));
    this.state = folded;
  }

  /** Lets time pass to the next wake-ups, up to `untilMs`. */
  passTo(untilMs: number): void {
    for (;;) {
      const atMs = nextScheduleWakeMs(this.state);
      if (atMs === undefined || atMs > untilMs) break;
      this.nowMs = Math.max(this.nowMs, atMs);
      const before = this.state;
      this.apply(wakeSchedule(this.state, this.environment));
      if (this.state.needsRefresh) this.refresh([]);
      this.startAll();
      if (this.state === before) break;
    }
    this.nowMs = untilMs;
  }

  /** Confirms every start that is under way. */
  startAll(): readonly string[] {
    const started: string[] = [];
    for (let start = this.state.starting[0]; start; start = this.state.starting[0]) {
      started.push(start.workflowId);
      const outcome = { requestId: start.requestId, runId: `run-of-${start.workflowId}` };
      this.apply(noteStart(this.state, outcome, this.environment));
    }
    return started;
  }

  trigger(
    overlapPolicy: ScheduleOverlapPolicy = ScheduleOverlapPolicy.UNSPECIFIED,
    requestId = "",
  ): void {
    const triggerImmediately = { overlapPolicy, scheduledTime: toTimestamp(this.nowMs) };
    const request = { requestId, environment: this.environment };
    this.apply(patchSchedule(this.state, { triggerImmediately }, request));
  }

  refresh(ends: readonly ActionEnd[]): void {
    this.apply(noteRefresh(this.state, ends, this.environment));
  }

  end(index: number, status: WorkflowExecutionStatus, message?: string): void {
    const running = this.state.info.runningWorkflows?.[index];
    const end: ActionEnd = {
      workflowId: running?.workflowId ?? "",
      firstRunId: running?.runId ?? "",
      status,
      result: status === WorkflowExecutionStatus.COMPLETED ? { payloads: [] } : undefined,
      failure: message === undefined ? undefined : { message },
    };
    this.apply(noteEnds(this.state, [end], this.environment));
  }

  get actionCount(): number {
    return Number(this.state.info.actionCount ?? 0n);
  }

  get runningCount(): number {
    return this.state.info.runningWorkflows?.length ?? 0;
  }
}
