import {
  QueryResultType,
  TaskQueueKind,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type {
  GetWorkflowExecutionHistoryResponse,
  PollActivityTaskQueueResponse,
  PollWorkflowTaskQueueResponse,
  RecordActivityTaskHeartbeatResponse,
  RespondWorkflowTaskCompletedResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { decide, readProgram } from "./program.js";
import { readFacts } from "./program-facts.js";
import {
  answerUpdates,
  completeUpdate,
  joinAnswers,
  type UpdateAnswer,
} from "./program-updates.js";
import { type MethodName, NAMESPACE } from "./simulated-server.js";
import { isExpected, type World } from "./world.js";

/** The task queue that everything runs on. */
export const TASK_QUEUE = "simulated";

const POLL_TIMEOUT_MS = 30_000;
const CALL_TIMEOUT_MS = 10_000;
const namespace = NAMESPACE.name;

/** A worker that replays histories and carries out activities, and sometimes does it badly. */
export class SimulatedWorker {
  /** How often each attempt of an activity was handed out, by run, activity and attempt. */
  readonly attempts = new Map<string, number>();
  /** Completions that the server acknowledged, by run and activity. */
  readonly completions = new Set<string>();
  readonly #cache = new Map<string, HistoryEvent[]>();
  #isStopped = false;

  constructor(
    readonly world: World,
    readonly identity: string,
  ) {}

  start(): void {
    const sticky = {
      name: `${this.identity}-sticky`,
      kind: TaskQueueKind.STICKY,
      normalName: TASK_QUEUE,
    };
    void this.#loop(() => this.#pollWorkflowTask({ name: TASK_QUEUE }));
    void this.#loop(() => this.#pollWorkflowTask({ name: TASK_QUEUE }));
    void this.#loop(() => this.#pollWorkflowTask(sticky));
    void this.#loop(() => this.#pollActivityTask());
    void this.#loop(() => this.#pollActivityTask());
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Repeats a poll until the end; errors are what a worker meets when its server goes away. */
  async #loop(poll: () => Promise<void>): Promise<void> {
    while (!this.#isStopped) {
      try {
        await poll();
      } catch (error) {
        if (!isExpected(error)) throw error;
        await this.world.sleep(200 + this.world.draw(300));
      }
    }
  }

  async #call<T>(name: MethodName, request: object, timeoutMs = CALL_TIMEOUT_MS): Promise<T> {
    const server = this.world.server;
    if (server === undefined) {
      await this.world.sleep(300);
      return this.#call(name, request, timeoutMs);
    }
    return server.call<T>(name, request, timeoutMs);
  }

  async #pollWorkflowTask(taskQueue: object): Promise<void> {
    const { identity, world } = this;
    const request = { namespace, taskQueue, identity };
    const task = await this.#call<PollWorkflowTaskQueueResponse>(
      "PollWorkflowTaskQueue",
      request,
      POLL_TIMEOUT_MS,
    );
    if (task.taskToken.length === 0) return;
    if (task.query !== undefined) await this.#answerQuery(task);
    else await this.#handle(task);
    if (world.chance(0.01)) {
      world.cover("a worker lost its cache");
      this.#cache.clear();
    }
  }

  async #answerQuery(task: PollWorkflowTaskQueueResponse): Promise<void> {
    const completedType = QueryResultType.ANSWERED;
    await this.#call("RespondQueryTaskCompleted", {
      namespace,
      taskToken: task.taskToken,
      completedType,
    });
  }

  async #handle(task: PollWorkflowTaskQueueResponse): Promise<void> {
    const { world, identity } = this;
    const workflowId = task.workflowExecution?.workflowId ?? "";
    world.trace(`${identity} task ${workflowId} ${task.startedEventId} attempt ${task.attempt}`);
    const events = await this.#historyOf(task);
    await world.sleep(world.draw(20));
    if (world.chance(0.03)) {
      world.cover("a workflow task timed out");
      return;
    }
    if (world.chance(0.03)) {
      world.cover("a workflow task failed");
      const cause = WorkflowTaskFailedCause.WORKFLOW_WORKER_UNHANDLED_FAILURE;
      const failed = { namespace, taskToken: task.taskToken, identity, cause };
      await this.#call("RespondWorkflowTaskFailed", failed);
      return;
    }
    const updates = this.#answerUpdates(task, events);
    const completedNow = updates.messages.filter(({ id }) => id?.endsWith("/complete")).length;
    const program = readProgram(task.workflowType?.name ?? "");
    const commands = decide(program, events, { taskQueue: TASK_QUEUE, completedNow });
    const completed = {
      namespace,
      taskToken: task.taskToken,
      identity,
      messages: updates.messages,
      commands: [...updates.commands, ...commands],
      queryResults: new Map(
        [...task.queries.keys()].map((id) => [id, { resultType: QueryResultType.ANSWERED }]),
      ),
      returnNewWorkflowTask: true,
      stickyAttributes: {
        workerTaskQueue: {
          name: `${identity}-sticky`,
          kind: TaskQueueKind.STICKY,
          normalName: TASK_QUEUE,
        },
        scheduleToStartTimeout: { seconds: 5n, nanos: 0 },
      },
    };
    try {
      const answer = await this.#call<RespondWorkflowTaskCompletedResponse>(
        "RespondWorkflowTaskCompleted",
        completed,
      );
      if (task.attempt > 1) world.cover("a transient workflow task was completed");
      if (answer.workflowTask !== undefined) await this.#handle(answer.workflowTask);
    } catch (error) {
      this.#cache.delete(task.workflowExecution?.runId ?? "");
      if (!isExpected(error)) throw error;
      world.trace(`${identity} refused ${workflowId} ${error.code}`);
      if (error.message === "UnhandledCommand") world.cover("a closing command met news");
    }
  }

  /** Answers new updates, and completes those that were accepted before. */
  #answerUpdates(
    task: PollWorkflowTaskQueueResponse,
    events: readonly HistoryEvent[],
  ): UpdateAnswer {
    const { world } = this;
    const { openUpdates, timers } = readFacts(events);
    const answers = [
      answerUpdates(task.messages, () => {
        if (world.chance(0.15)) return "reject";
        return world.chance(0.3) ? "accept" : "acceptAndComplete";
      }),
    ];
    for (const updateId of openUpdates) {
      if (timers.get(`update ${updateId}`) !== "ended") continue;
      world.cover("an update was completed after it was accepted");
      answers.push(completeUpdate(updateId));
    }
    return joinAnswers(answers);
  }

  /** The whole history: what the task brings, after what is cached or fetched. */
  async #historyOf(task: PollWorkflowTaskQueueResponse): Promise<HistoryEvent[]> {
    const runId = task.workflowExecution?.runId ?? "";
    const first = task.history?.events[0];
    let events: HistoryEvent[];
    if (first === undefined || first.eventId === 1n) {
      events = [...(task.history?.events ?? [])];
    } else {
      const cached = this.#cache.get(runId);
      const known = cached?.filter(({ eventId }) => eventId < first.eventId) ?? [];
      const isWhole = known.length === Number(first.eventId) - 1;
      this.world.cover(isWhole ? "a sticky task met its cache" : "a sticky task met no cache");
      events = isWhole
        ? [...known, ...(task.history?.events ?? [])]
        : await this.#fetchHistory(task);
    }
    this.#cache.set(runId, events);
    return events;
  }

  async #fetchHistory(task: PollWorkflowTaskQueueResponse): Promise<HistoryEvent[]> {
    const request = { namespace, execution: task.workflowExecution };
    const fetched = await this.#call<GetWorkflowExecutionHistoryResponse>(
      "GetWorkflowExecutionHistory",
      request,
    );
    const events = fetched.history?.events ?? [];
    return events.filter(({ eventId }) => eventId <= task.startedEventId);
  }

  async #pollActivityTask(): Promise<void> {
    const { identity, world } = this;
    const request = { namespace, taskQueue: { name: TASK_QUEUE }, identity };
    const task = await this.#call<PollActivityTaskQueueResponse>(
      "PollActivityTaskQueue",
      request,
      POLL_TIMEOUT_MS,
    );
    if (task.taskToken.length === 0) return;
    this.#countAttempt(task);
    world.trace(`${identity} activity ${task.workflowExecution?.workflowId} ${task.activityId}`);
    if (task.heartbeatDetails !== undefined) {
      world.cover("heartbeat details reached the next attempt");
    }
    const isCanceled = task.activityType?.name === "beat" && (await this.#beat(task));
    if (!isCanceled) await world.sleep(world.draw(400));
    await this.#endActivity(task, isCanceled);
  }

  #countAttempt(task: PollActivityTaskQueueResponse): void {
    const { world } = this;
    const runId = task.workflowExecution?.runId ?? "";
    const name = `${runId} ${task.activityId} ${task.attempt}`;
    // An attempt that was reset is another one: it was scheduled again.
    const { seconds, nanos } = task.currentAttemptScheduledTime ?? { seconds: 0n, nanos: 0 };
    const scheduled = `${name} ${seconds}.${nanos}`;
    const isKnown = [...this.attempts.keys()].some((other) => other.startsWith(`${name} `));
    if (isKnown && !this.attempts.has(scheduled)) {
      world.cover("a reset attempt was handed out again");
    }
    this.attempts.set(scheduled, (this.attempts.get(scheduled) ?? 0) + 1);
    const attemptsMax = task.retryPolicy?.maximumAttempts ?? 0;
    // While an activity is paused its attempts are not counted against the policy.
    if (attemptsMax === 0 || world.operatedRuns.has(runId)) return;
    if (task.attempt > attemptsMax) world.fail(`Attempt ${name} is one too many`);
  }

  /** Reports progress for a while; whether the workflow wants the activity to end. */
  async #beat(task: PollActivityTaskQueueResponse): Promise<boolean> {
    const { identity, world } = this;
    const count = world.draw(6);
    for (let beat = 0; beat < count; beat++) {
      await world.sleep(world.draw(900));
      const answer = await this.#call<RecordActivityTaskHeartbeatResponse>(
        "RecordActivityTaskHeartbeat",
        { namespace, taskToken: task.taskToken, identity, details: { payloads: [{}] } },
      );
      if (answer.activityPaused) world.cover("a worker learnt of a pause");
      if (answer.activityReset) world.cover("a worker learnt of a reset");
      if (answer.cancelRequested) return true;
    }
    return false;
  }

  async #endActivity(task: PollActivityTaskQueueResponse, isCanceled: boolean): Promise<void> {
    const { identity, world } = this;
    const { taskToken } = task;
    if (isCanceled) {
      world.cover("an activity was cancelled");
      await this.#call("RespondActivityTaskCanceled", { namespace, taskToken, identity });
      return;
    }
    if (world.chance(0.1)) {
      const failureInfo = { kind: "applicationFailureInfo", value: {} } as const;
      const failure = { message: "simulated", failureInfo };
      await this.#call("RespondActivityTaskFailed", { namespace, taskToken, identity, failure });
      const isLast = task.retryPolicy?.maximumAttempts === task.attempt;
      world.cover(isLast ? "an activity failed for good" : "an activity failed and was retried");
      return;
    }
    if (world.chance(0.05)) {
      world.cover(
        task.activityType?.name === "beat"
          ? "an activity missed its heartbeat"
          : "an activity timed out",
      );
      return;
    }
    await this.#call("RespondActivityTaskCompleted", { namespace, taskToken, identity });
    this.completions.add(`${task.workflowExecution?.runId} ${task.activityId}`);
  }
}
