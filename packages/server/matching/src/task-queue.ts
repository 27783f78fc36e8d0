import type { Clock, Logger } from "@perdure/kernel";
import type { QueueKey, Store, TaskRow } from "@perdure/persistence";
import type { Dispatch, PollerInfo, TakenPoller, TaskStarter, TransientTask } from "./contract.js";
import { PollerLog, type RecentPoller } from "./poller-log.js";
import { TaskBacklog } from "./task-backlog.js";
import type { WaitingPoller } from "./waiting-poller.js";

/** What every queue needs. */
export interface TaskQueueDeps {
  readonly store: Pick<Store, "readTasks">;
  readonly starter: TaskStarter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** How full a queue is. */
export interface QueueLoad {
  readonly key: QueueKey;
  /** Tasks that wait in memory; there may be more in the store. */
  readonly backlogCount: number;
  /** Polls that wait. */
  readonly pollerCount: number;
}

/** Tasks of one queue in memory; the others are rows, read when these are gone. */
const WINDOW_TASKS_MAX = 1000;
/** How long a task or a page that could not be had is left alone. */
const RETRY_MS = 100;

/** One task queue: pollers that wait, and tasks that wait. Never both. */
export class TaskQueue {
  readonly key: QueueKey;
  readonly #deps: TaskQueueDeps;
  /** In the order in which they came. */
  readonly #pollers = new Set<WaitingPoller>();
  /** Pollers that were put back: they come before the others. */
  readonly #released: WaitingPoller[] = [];
  readonly #backlog = new TaskBacklog();
  readonly #transient = new Set<TransientTask>();
  /** Tasks that are being started; their rows are still there. */
  readonly #starting = new Set<number>();
  /** Whether every row of the queue is in the backlog or being started. */
  #isComplete = false;
  #isReading = false;
  /** Rises when what is in memory may no longer be what is stored. */
  #doubtCount = 0;
  /** Offers that came while a page was being read, which may or may not hold them. */
  #offeredMeanwhile: TaskRow[] = [];
  #busyPollerCount = 0;
  readonly #pollerLog = new PollerLog();
  #lastPollAtMs = 0;
  #isStopped = false;

  constructor(key: QueueKey, deps: TaskQueueDeps) {
    this.key = key;
    this.#deps = deps;
  }

  /** Adds a poller, which gets a task at once if one waits. */
  addPoller(poller: WaitingPoller): void {
    this.#lastPollAtMs = this.#deps.clock.nowMs();
    this.#pollerLog.note(poller.info, this.#lastPollAtMs);
    this.#pollers.add(poller);
    this.#pump();
  }

  /** Takes a poller out whose time is over or who has gone. */
  removePoller(poller: WaitingPoller): void {
    this.#lastPollAtMs = this.#deps.clock.nowMs();
    this.#pollers.delete(poller);
    const index = this.#released.indexOf(poller);
    if (index >= 0) this.#released.splice(index, 1);
    poller.end(undefined);
  }

  /** Ends every poll; one that is taken at the time, when it is put back. */
  stop(): void {
    this.#isStopped = true;
    this.forgetPollers();
  }

  /** Ends every poll that waits, and counts none of them as recent. */
  forgetPollers(): void {
    for (const poller of [...this.#released, ...this.#pollers]) this.removePoller(poller);
    this.#lastPollAtMs = 0;
  }

  /** The longest waiting poller, unless a task waits that comes first. */
  takePoller(): TakenPoller | undefined {
    if (!this.#isComplete || this.#backlog.size > 0 || this.#transient.size > 0) return undefined;
    const poller = this.#nextPoller();
    if (poller === undefined) return undefined;
    this.#busyPollerCount += 1;
    return {
      info: poller.info,
      deliver: (dispatch) => this.#finish(poller, dispatch),
      release: () => this.#putBack(poller),
    };
  }

  /** Takes over a task whose row is durable. */
  offer(task: TaskRow): void {
    if (this.#isReading) this.#offeredMeanwhile.push(task);
    if (!this.#isComplete) {
      this.#pump();
      return;
    }
    if (this.#backlog.size >= WINDOW_TASKS_MAX) this.#isComplete = false;
    else this.#backlog.add(task);
    this.#pump();
  }

  /** Offers transient work; the result takes it back. */
  offerTransient(task: TransientTask): () => void {
    this.#transient.add(task);
    this.#pump();
    return () => void this.#transient.delete(task);
  }

  /** Forgets that it knows all rows: a commit failed, and its tasks may be stored all the same. */
  recheck(): void {
    this.#doubtCount += 1;
    this.#isComplete = false;
    this.#pump();
  }

  /** Who polled lately, the last one first. */
  recentPollers(): readonly RecentPoller[] {
    return this.#pollerLog.list(this.#deps.clock.nowMs());
  }

  /** How full the queue is. */
  load(): QueueLoad {
    const { key } = this;
    const backlogCount = this.#backlog.size + this.#transient.size;
    return { key, backlogCount, pollerCount: this.#pollers.size + this.#released.length };
  }

  hasRecentPoller(withinMs: number): boolean {
    if (this.#pollers.size + this.#released.length + this.#busyPollerCount > 0) return true;
    return this.#lastPollAtMs > 0 && this.#deps.clock.nowMs() - this.#lastPollAtMs < withinMs;
  }

  /** Whether the queue can be forgotten: nothing waits, and nobody polled for a while. */
  isDisused(withinMs: number): boolean {
    const isEmpty = this.#backlog.size + this.#transient.size + this.#starting.size === 0;
    return isEmpty && !this.#isReading && !this.hasRecentPoller(withinMs);
  }

  #nextPoller(): WaitingPoller | undefined {
    const released = this.#released.pop();
    if (released !== undefined) return released;
    for (const poller of this.#pollers) {
      this.#pollers.delete(poller);
      return poller;
    }
    return undefined;
  }

  #hasPoller(): boolean {
    return this.#released.length + this.#pollers.size > 0;
  }

  #finish(poller: WaitingPoller, dispatch: Dispatch): void {
    this.#busyPollerCount -= 1;
    this.#lastPollAtMs = this.#deps.clock.nowMs();
    poller.end(dispatch);
  }

  #putBack(poller: WaitingPoller): void {
    this.#busyPollerCount -= 1;
    if (this.#isStopped) poller.end(undefined);
    if (!poller.isEnded) this.#released.push(poller);
    this.#pump();
  }

  /** Brings pollers and tasks together while there are both. */
  #pump(): void {
    while (this.#hasPoller()) {
      const [transient] = this.#transient;
      if (transient !== undefined) {
        this.#transient.delete(transient);
        this.#give((info) => transient.start(info));
        continue;
      }
      const task = this.#backlog.take();
      if (task === undefined) break;
      this.#giveTask(task);
    }
    if (this.#hasPoller() && !this.#isComplete) this.#read();
  }

  #giveTask(task: TaskRow): void {
    this.#starting.add(task.taskId);
    this.#give(async (info) => {
      try {
        const dispatch = await this.#deps.starter.startTask(task, info);
        this.#starting.delete(task.taskId);
        return dispatch;
      } catch (error) {
        const fields = { error, queue: this.key.name, taskId: task.taskId };
        this.#deps.logger.log("warn", "A task could not be started; it is tried again", fields);
        this.#deps.clock.schedule(RETRY_MS, () => {
          this.#starting.delete(task.taskId);
          this.#backlog.add(task);
          this.#pump();
        });
        return undefined;
      }
    });
  }

  #give(start: (info: PollerInfo) => Promise<Dispatch | undefined>): void {
    const poller = this.#nextPoller();
    if (poller === undefined) return;
    this.#busyPollerCount += 1;
    start(poller.info).then(
      (dispatch) => {
        if (dispatch === undefined) this.#putBack(poller);
        else this.#finish(poller, dispatch);
      },
      (error: unknown) => {
        const fields = { error, queue: this.key.name };
        this.#deps.logger.log("warn", "Transient work could not be started", fields);
        this.#putBack(poller);
      },
    );
  }

  /** Reads the first rows of the queue: rows of tasks that were handed out are gone by then. */
  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    this.#offeredMeanwhile = [];
    const limit = WINDOW_TASKS_MAX + this.#starting.size;
    const doubtCount = this.#doubtCount;
    this.#deps.store.readTasks(this.key, { after: undefined, limit }).then(
      (rows) => {
        this.#isReading = false;
        this.#isComplete = rows.length < limit && doubtCount === this.#doubtCount;
        for (const row of rows) if (!this.#starting.has(row.taskId)) this.#backlog.add(row);
        if (this.#isComplete) this.#addMeanwhile();
        this.#pump();
      },
      (error: unknown) => {
        const fields = { error, queue: this.key.name };
        this.#deps.logger.log("warn", "A task queue could not be read; tried again", fields);
        this.#deps.clock.schedule(RETRY_MS, () => {
          this.#isReading = false;
          this.#pump();
        });
      },
    );
  }

  #addMeanwhile(): void {
    for (const task of this.#offeredMeanwhile) {
      if (!this.#starting.has(task.taskId)) this.#backlog.add(task);
    }
    this.#offeredMeanwhile = [];
  }
}
