import { present } from "@perdure/kernel";
import { EntityKind, type TaskRow, type VisibilityRow } from "@perdure/persistence";
import type { Dispatch, PollerInfo } from "./dispatch.js";
import type { ReclaimedKind } from "./namespace-reclaimer.js";
import { removeAnyRuns, removeRuns } from "./remove-runs.js";
import type { RetainedKind } from "./retention.js";
import { startQueuedTask } from "./task-dispatch.js";
import type { Waker, Wakers } from "./waker.js";
import type { WorkflowHost } from "./workflow-host.js";

/** What a server needs of a kind of entity besides the handlers of its calls. */
export interface HostedKind {
  readonly kind: EntityKind;
  readonly waker: Waker;
  /** Takes no further wake-ups. */
  stop(): void;
  /** As `TaskStarter.startTask()` of matching; absent: the kind offers no tasks. */
  startTask?(task: TaskRow, poller: PollerInfo): Promise<Dispatch | undefined>;
  /** Deletes closed runs after the retention; absent: closed runs are deleted otherwise. */
  removeClosed?(namespaceId: string, rows: readonly VisibilityRow[]): Promise<void>;
  /** Deletes runs with their namespace, open or closed; absent: as `removeClosed()`. */
  removeAny?(namespaceId: string, rows: readonly VisibilityRow[]): Promise<void>;
}

/** All kinds of entities that a server hosts: workflows, and what was registered beside them. */
export class HostedKinds {
  readonly #workflows: WorkflowHost;
  readonly #others: ReadonlyMap<EntityKind, HostedKind>;

  constructor(workflows: WorkflowHost, others: readonly HostedKind[]) {
    this.#workflows = workflows;
    this.#others = new Map(others.map((other) => [other.kind, other]));
  }

  /** The wakers of all kinds but workflows. */
  get wakers(): Wakers {
    return new Map([...this.#others].map(([kind, { waker }]) => [kind, waker]));
  }

  get retained(): readonly RetainedKind[] {
    const kinds: RetainedKind[] = [
      { kind: EntityKind.WORKFLOW, remove: (_, rows) => removeRuns(this.#workflows, rows) },
    ];
    for (const other of this.#others.values()) {
      if (other.removeClosed === undefined) continue;
      kinds.push({ kind: other.kind, remove: other.removeClosed.bind(other) });
    }
    return kinds;
  }

  /** What goes with a namespace; what has no row in lists goes with the namespace itself. */
  get reclaimed(): readonly ReclaimedKind[] {
    const kinds: ReclaimedKind[] = [
      { kind: EntityKind.WORKFLOW, remove: (_, rows) => removeAnyRuns(this.#workflows, rows) },
    ];
    for (const other of this.#others.values()) {
      const remove = other.removeAny ?? other.removeClosed;
      if (remove !== undefined) kinds.push({ kind: other.kind, remove: remove.bind(other) });
    }
    return kinds;
  }

  startTask(task: TaskRow, poller: PollerInfo): Promise<Dispatch | undefined> {
    const { kind } = task.key;
    if (kind === EntityKind.WORKFLOW) return startQueuedTask(this.#workflows, task, poller);
    const other = present(this.#others.get(kind)?.startTask, "A kind with tasks starts them");
    return other.call(this.#others.get(kind), task, poller);
  }

  stop(): void {
    for (const other of this.#others.values()) other.stop();
  }
}
