import {
  type DeploymentState,
  noteDrainage,
  noteMoved,
  type TaskDirective,
  taskDirective,
  versionsToCheck,
} from "@perdure/engine";
import { DomainError } from "@perdure/kernel";
import {
  EntityKind,
  type QueueKey,
  TaskKind,
  type TaskPlace,
  type TaskRow,
  type VisibilityFilter,
} from "@perdure/persistence";
import {
  IndexedValueType,
  TaskQueueType,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { EntityHost } from "../entities/entity-host.js";
import type { EntityEffects, EntityIdentity } from "../entities/entity-logic.js";
import { moveTask } from "../move-task.js";
import type { DeploymentDirectory } from "../routing/deployment-directory.js";
import type { TaskRouter } from "../routing/task-router.js";
import { versionedQueue } from "../routing/versioned-queue.js";
import type { WorkflowHost } from "../workflow-host.js";

/** What the effects of deployments work on. */
export interface DeploymentOutside {
  readonly host: WorkflowHost;
  readonly directory: DeploymentDirectory;
  readonly router: TaskRouter;
  readonly offer: (task: TaskRow) => void;
}

/** Tasks that are looked at in one go when the routing has changed. */
const MOVED_ROWS = 500;

/** Moves tasks that wait when the routing changes, and counts open workflows of old versions. */
export class DeploymentEffects implements EntityEffects<DeploymentState> {
  readonly #deployments: EntityHost<DeploymentState>;
  readonly #outside: DeploymentOutside;

  constructor(deployments: EntityHost<DeploymentState>, outside: DeploymentOutside) {
    this.#deployments = deployments;
    this.#outside = outside;
  }

  hasWork(state: DeploymentState): boolean {
    return state.header.movedRevision < state.header.revision || versionsToCheck(state).length > 0;
  }

  async work(identity: EntityIdentity): Promise<void> {
    const state = await this.#deployments.read(identity);
    if (state === undefined) return;
    this.#outside.directory.put(state);
    const { revision, movedRevision } = state.header;
    if (movedRevision < revision) {
      for (const queue of queuesOf(state)) await this.#reroute(queue);
      await this.#note(identity, (current) => noteMoved(current, revision));
    }
    for (const buildId of versionsToCheck(state)) {
      const isDrained = (await this.#countPinned(state, buildId)) === 0;
      await this.#note(identity, (current, { nowMs }) =>
        noteDrainage(current, { buildId, isDrained }, nowMs),
      );
    }
  }

  async #note(
    identity: EntityIdentity,
    make: Parameters<EntityHost<DeploymentState>["step"]>[1],
  ): Promise<void> {
    this.#outside.directory.put(await this.#deployments.step(identity, make));
  }

  /** Moves the tasks that wait in a queue, or in that of one of its versions, elsewhere. */
  async #reroute(queue: QueueKey): Promise<void> {
    await this.#rerouteFrom(queue, queue);
    for (const version of this.#outside.directory.versions(queue)) {
      await this.#rerouteFrom(versionedQueue(queue, version), queue);
    }
  }

  async #rerouteFrom(place: QueueKey, queue: QueueKey): Promise<void> {
    const { store } = this.#outside.host.deps;
    let after: TaskPlace | undefined;
    for (;;) {
      const rows = await store.readTasks(place, { after, limit: MOVED_ROWS });
      for (const row of rows) await this.#move(row, queue);
      const last = rows.at(-1);
      if (last === undefined || rows.length < MOVED_ROWS) return;
      after = { queue: place, priority: last.priority, taskId: last.taskId };
    }
  }

  async #move(row: TaskRow, queue: QueueKey): Promise<void> {
    const { host, router, offer } = this.#outside;
    const directive = await this.#directiveOf(row);
    if (directive === "gone") return;
    const target = router.place(queue, { workflowId: row.key.businessId, directive });
    if (target.name === row.queue.name) return;
    await moveTask(host.deps, row, target).then(offer);
  }

  /** What the run of a task wants; `"gone"` when there is no such run any more. */
  async #directiveOf(row: TaskRow): Promise<TaskDirective | "gone" | undefined> {
    const { kind, namespaceId, businessId } = row.key;
    if (kind !== EntityKind.WORKFLOW) return undefined;
    try {
      const run = await this.#outside.host.slot(namespaceId, businessId).run(row.runId);
      return taskDirective(run.state);
    } catch (error) {
      if (error instanceof DomainError && error.code === "NOT_FOUND") return "gone";
      throw error;
    }
  }

  #countPinned(state: DeploymentState, buildId: string): Promise<number> {
    const { namespaceId, id } = state.identity;
    const equals = (name: string, value: string): VisibilityFilter => ({
      kind: "compare",
      field: { name, type: IndexedValueType.KEYWORD },
      operator: "=",
      value,
    });
    const operands: readonly VisibilityFilter[] = [
      equals("TemporalWorkerDeploymentVersion", `${id}:${buildId}`),
      equals("TemporalWorkflowVersioningBehavior", "Pinned"),
      {
        kind: "compare",
        field: "ExecutionStatus",
        operator: "=",
        value: WorkflowExecutionStatus.RUNNING,
      },
    ];
    const filter: VisibilityFilter = { kind: "and", operands };
    const { store } = this.#outside.host.deps;
    return store.countVisibility({ namespaceId, filter, order: [] });
  }
}

function queuesOf(state: DeploymentState): readonly QueueKey[] {
  const { namespaceId } = state.identity;
  const queues = new Map<string, QueueKey>();
  for (const version of state.versions.values()) {
    for (const { name, type } of version.queues) {
      const taskKind = kindOf(type);
      queues.set(`${taskKind}/${name}`, { namespaceId, name, taskKind });
    }
  }
  return [...queues.values()];
}

function kindOf(type: TaskQueueType): TaskKind {
  if (type === TaskQueueType.NEXUS) return TaskKind.NEXUS;
  return type === TaskQueueType.WORKFLOW ? TaskKind.WORKFLOW : TaskKind.ACTIVITY;
}
