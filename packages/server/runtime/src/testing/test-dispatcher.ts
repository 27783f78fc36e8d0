import { type QueueKey, TaskKind, type TaskRow } from "@perdure/persistence";
import type { Dispatch, Dispatcher, PollerInfo, TakenPoller, TransientTask } from "../dispatch.js";

/** Stands for matching in tests: keeps what is offered, and polls when a test says so. */
export class TestDispatcher implements Dispatcher {
  /** Tasks that were offered, in that order. */
  readonly offered: TaskRow[] = [];
  readonly transient: { readonly queue: QueueKey; readonly task: TransientTask }[] = [];
  /** Names of the queues that count as polled a moment ago. */
  readonly polledQueues = new Set<string>();
  /** What became of pollers that were taken out of their queue. */
  readonly delivered: Dispatch[] = [];
  releasedCount = 0;
  recheckCount = 0;
  readonly #pollers: { readonly queueName: string; readonly taskKind: TaskKind }[] = [];

  /** Lets a poller wait in a queue. */
  poll(queueName: string, taskKind: TaskKind = TaskKind.WORKFLOW): void {
    this.#pollers.push({ queueName, taskKind });
  }

  takePoller(queue: QueueKey): TakenPoller | undefined {
    const isFor = ({ queueName, taskKind }: { queueName: string; taskKind: TaskKind }): boolean =>
      queueName === queue.name && taskKind === queue.taskKind;
    const index = this.#pollers.findIndex(isFor);
    if (index < 0) return undefined;
    this.#pollers.splice(index, 1);
    return {
      info: POLLER,
      deliver: (dispatch) => void this.delivered.push(dispatch),
      release: () => {
        this.releasedCount += 1;
      },
    };
  }

  offer(task: TaskRow): void {
    this.offered.push(task);
  }

  offerTransient(queue: QueueKey, task: TransientTask): () => void {
    const entry = { queue, task };
    this.transient.push(entry);
    return () => {
      const index = this.transient.indexOf(entry);
      if (index >= 0) this.transient.splice(index, 1);
    };
  }

  hasRecentPoller(queue: QueueKey): boolean {
    return this.polledQueues.has(queue.name);
  }

  recheck(): void {
    this.recheckCount += 1;
  }
}

/** Who polls in tests. */
export const POLLER: PollerInfo = { identity: "worker" };
