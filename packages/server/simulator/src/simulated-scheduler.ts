import { durationMs, toDuration, toTimestamp } from "@perdure/engine";
import type { VisibilityRow } from "@perdure/persistence";
import { ScheduleOverlapPolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { DescribeScheduleResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { ProgramStep } from "./program.js";
import { CALL_TIMEOUT_MS } from "./simulated-client.js";
import { type MethodName, NAMESPACE } from "./simulated-server.js";
import { TASK_QUEUE } from "./simulated-worker.js";
import { isExpected, SimulationError, type World } from "./world.js";

const namespace = NAMESPACE.name;

/** How one schedule is made. */
export interface SchedulePlan {
  readonly scheduleId: string;
  readonly intervalMs: number;
  /** Actions that it takes by itself before it is done. */
  readonly actionCount: number;
  readonly overlapPolicy: ScheduleOverlapPolicy;
  /** Actions that somebody asks for beside those. */
  readonly triggerCount: number;
  readonly steps: readonly ProgramStep[];
  readonly isPaused: boolean;
}

const POLICIES = [
  ScheduleOverlapPolicy.SKIP,
  ScheduleOverlapPolicy.BUFFER_ONE,
  ScheduleOverlapPolicy.BUFFER_ALL,
  ScheduleOverlapPolicy.CANCEL_OTHER,
  ScheduleOverlapPolicy.TERMINATE_OTHER,
  ScheduleOverlapPolicy.ALLOW_ALL,
];

/** Draws a schedule whose workflows end by themselves. */
export function drawSchedule(world: World, scheduleId: string): SchedulePlan {
  return {
    scheduleId,
    intervalMs: 1000 * (1 + world.draw(8)),
    actionCount: 1 + world.draw(5),
    overlapPolicy: POLICIES[world.draw(POLICIES.length)] ?? ScheduleOverlapPolicy.SKIP,
    triggerCount: world.draw(3),
    steps: [
      { kind: "timer", delayMs: 10 + world.draw(6000) },
      { kind: "activity", maximumAttempts: 0, heartbeats: false },
    ],
    isPaused: world.chance(0.3),
  };
}

/** A client that makes one schedule, triggers it, and sees it take its last action. */
export class SimulatedScheduler {
  isDone = false;
  /** Triggers that the server acknowledged. */
  #triggeredCount = 0;
  /** As the schedule was described last. */
  #described: DescribeScheduleResponse | undefined;

  constructor(
    readonly world: World,
    readonly plan: SchedulePlan,
  ) {}

  async run(): Promise<void> {
    const { world, plan } = this;
    const { scheduleId } = plan;
    await world.sleep(world.draw(5000));
    await this.#untilAnswered("CreateSchedule", this.#request());
    world.trace(`created ${scheduleId}`);
    if (plan.isPaused) await this.#pause();
    for (let number = 0; number < plan.triggerCount; number++) await this.#trigger(number);
    await this.#untilIdle();
    await this.#untilAnswered("DeleteSchedule", { namespace, scheduleId });
    this.isDone = true;
    world.trace(`deleted ${scheduleId}`);
  }

  /**
   * Checks what is stored at the end: each action is one workflow, each acknowledged trigger of a
   * policy that drops nothing is an action, and no two run at a time unless they may.
   *
   * @throws {SimulationError}
   */
  check(): void {
    const { plan } = this;
    const own = this.rows;
    const { info } = this.#described ?? {};
    const actionCount = Number(info?.actionCount ?? 0n);
    if (own.length !== actionCount) {
      throw this.#broken(`${own.length} workflows for ${actionCount} actions`);
    }
    if (actionCount < plan.actionCount) throw this.#broken(`only ${actionCount} actions`);
    if (this.#isEachTaken && actionCount !== this.#wantedCount) {
      throw this.#broken(`${actionCount} actions, ${this.#wantedCount} were wanted`);
    }
    if (plan.overlapPolicy === ScheduleOverlapPolicy.ALLOW_ALL) return;
    for (const [index, row] of own.entries()) {
      const before = own[index - 1];
      if (before === undefined || (before.closeTimeMs ?? Infinity) <= row.startTimeMs) continue;
      throw this.#broken(`${row.workflowId} began before ${before.workflowId} had ended`);
    }
  }

  #broken(what: string): SimulationError {
    return new SimulationError(`Schedule ${this.plan.scheduleId}: ${what}`);
  }

  #request(): object {
    const { scheduleId, intervalMs, actionCount, overlapPolicy, steps } = this.plan;
    const workflow = {
      workflowId: `by ${scheduleId}`,
      workflowType: { name: JSON.stringify({ steps, continuations: 0 }) },
      taskQueue: { name: TASK_QUEUE },
    };
    const schedule = {
      spec: { interval: [{ interval: toDuration(intervalMs) }] },
      action: { action: { kind: "startWorkflow", value: workflow } },
      policies: { overlapPolicy },
      state: { limitedActions: true, remainingActions: BigInt(actionCount) },
    };
    return { namespace, scheduleId, schedule, requestId: `create ${scheduleId}` };
  }

  async #trigger(number: number): Promise<void> {
    const { world } = this;
    const { scheduleId, overlapPolicy } = this.plan;
    await world.sleep(world.draw(8000));
    // The workflow's ID has the time: each trigger has one of its own.
    const scheduledTime = toTimestamp(number * 3_600_000 + 1000);
    const patch = { triggerImmediately: { overlapPolicy, scheduledTime } };
    const requestId = `trigger ${scheduleId} ${number}`;
    await this.#untilAnswered("PatchSchedule", { namespace, scheduleId, patch, requestId });
    this.#triggeredCount += 1;
    world.cover("a schedule was triggered");
  }

  async #pause(): Promise<void> {
    const { world } = this;
    const { scheduleId } = this.plan;
    await world.sleep(world.draw(5000));
    const request = { namespace, scheduleId };
    const pause = { ...request, patch: { pause: "wait" }, requestId: `pause ${scheduleId}` };
    await this.#untilAnswered("PatchSchedule", pause);
    world.cover("a schedule was paused");
    await world.sleep(world.draw(9000));
    const unpause = { ...request, patch: { unpause: "go" }, requestId: `unpause ${scheduleId}` };
    await this.#untilAnswered("PatchSchedule", unpause);
  }

  /** Waits until the schedule has taken its last action and nothing of it runs. */
  async #untilIdle(): Promise<void> {
    const { world } = this;
    const { scheduleId } = this.plan;
    for (;;) {
      await world.sleep(1000 + world.draw(2000));
      const request = { namespace, scheduleId };
      const described = await this.#untilAnswered<DescribeScheduleResponse>(
        "DescribeSchedule",
        request,
      );
      this.#described = described;
      this.#cover(described);
      const { info, schedule } = described;
      const isDone = schedule?.state?.remainingActions === 0n && info?.bufferSize === 0n;
      const hasTaken = (info?.actionCount ?? 0n) >= BigInt(this.plan.actionCount);
      if (isDone && hasTaken && info?.runningWorkflows.length === 0 && this.#hasStarted()) return;
    }
  }

  /** Whether every trigger has led to what it leads to: the last start may be on its way. */
  #hasStarted(): boolean {
    const count = Number(this.#described?.info?.actionCount ?? 0n);
    return !this.#isEachTaken || count >= this.#wantedCount;
  }

  /** Whether the policy drops nothing. */
  get #isEachTaken(): boolean {
    const { overlapPolicy } = this.plan;
    return (
      overlapPolicy === ScheduleOverlapPolicy.BUFFER_ALL ||
      overlapPolicy === ScheduleOverlapPolicy.ALLOW_ALL
    );
  }

  get #wantedCount(): number {
    return this.plan.actionCount + this.#triggeredCount;
  }

  /** The workflows that the schedule has started, the first one first. */
  get rows(): readonly VisibilityRow[] {
    const rows = [...(this.world.disk.visibility.get(NAMESPACE.id)?.values() ?? [])];
    return rows
      .filter(({ workflowId }) => workflowId.startsWith(`by ${this.plan.scheduleId}-`))
      .sort((one, other) => one.startTimeMs - other.startTimeMs);
  }

  #cover({ info, schedule }: DescribeScheduleResponse): void {
    const { world } = this;
    if ((info?.overlapSkipped ?? 0n) > 0n) world.cover("a schedule skipped an action");
    if ((info?.bufferSize ?? 0n) > 0n) world.cover("a schedule waited for a workflow to end");
    const windowMs = durationMs(schedule?.policies?.catchupWindow);
    if (windowMs <= 0) throw this.#broken("no catch-up window");
    const isLate = info?.recentActions.some(({ scheduleTime, actualTime }) => {
      return (actualTime?.seconds ?? 0n) - (scheduleTime?.seconds ?? 0n) >= 2n;
    });
    if (isLate === true && world.crashCount > 0) world.cover("a schedule acted late after a crash");
  }

  /** Repeats a call until the server answers it. */
  async #untilAnswered<T>(name: MethodName, request: object): Promise<T> {
    for (;;) {
      const { server } = this.world;
      if (server !== undefined) {
        try {
          return await server.call<T>(name, request, CALL_TIMEOUT_MS);
        } catch (error) {
          if (!isExpected(error)) throw error;
          // The deletion whose answer was lost has happened.
          if (error.code === "NOT_FOUND" && name === "DeleteSchedule") return {} as T;
          if (error.code === "NOT_FOUND") throw error;
        }
      }
      await this.world.sleep(100 + this.world.draw(400));
    }
  }
}
