import type { CancelSignal } from "@perdure/kernel";
import type { StoreWrite, VisibilityRow } from "@perdure/persistence";
import type { Dispatcher } from "../dispatch.js";
import type { Waker } from "../waker.js";
import { watchRun } from "../watch-run.js";
import type {
  EntityEffects,
  EntityEnvironment,
  EntityIdentity,
  EntityLogic,
  EntityStep,
  MakeEntityStep,
} from "./entity-logic.js";
import { findEntity, loadedEntity } from "./entity-slots.js";
import { type EntityHostDeps, EntityStepper } from "./entity-stepper.js";
import { insertEntityWrites } from "./entity-writes.js";
import { LoadedEntity } from "./loaded-entity.js";

/** Names an entity; without a run ID (or with an empty one), its current run. */
export interface EntityTarget {
  readonly namespaceId: string;
  readonly id: string;
  readonly runId?: string;
}

/**
 * Hosts the entities of one kind that are not workflows: loads them, steps them, commits the steps
 * and releases what follows, as `WorkflowHost` does for workflows.
 *
 * Steps of one entity run one after another. A method's promise resolves when its step is durable.
 */
export class EntityHost<S> {
  readonly #stepper: EntityStepper<S>;

  constructor(deps: EntityHostDeps, logic: EntityLogic<S>) {
    this.#stepper = new EntityStepper(deps, logic);
  }

  get deps(): EntityHostDeps {
    return this.#stepper.deps;
  }

  /**
   * Connects what entities need beyond their own steps; to be called before any entity is loaded.
   *
   * @param outside - Without a dispatcher, steps must not offer tasks.
   */
  connect(outside: {
    readonly dispatcher?: Dispatcher;
    readonly effects?: EntityEffects<S>;
  }): void {
    this.#stepper.dispatcher = outside.dispatcher;
    this.#stepper.parts.effects = outside.effects;
  }

  /** A new UUID. */
  newId(): string {
    return this.#stepper.environment().newId();
  }

  /** Takes no further wake-ups; the committer may then be drained. */
  stop(): void {
    this.#stepper.stop();
  }

  /** What wakes the entities that are not in memory. */
  get waker(): Waker {
    return this.#stepper.waker;
  }

  /**
   * Makes a new run current.
   *
   * @param make - Is given the state of the present current run, open or closed, if there is one;
   *   throws to refuse. The new run's state is folded from the step's record.
   */
  async create(
    target: EntityIdentity,
    make: (
      current: { readonly runId: string; readonly state: S } | undefined,
      environment: EntityEnvironment,
    ) => EntityStep<S>,
  ): Promise<S> {
    return this.#stepper.slots.hold(target, async (slot) => {
      // Others may wait for the same read: what it found is old for all but the first of them.
      while (slot.peekCurrent() === undefined) await slot.current();
      const previous = slot.peekCurrent()?.run;
      const current = previous && { runId: previous.runId, state: previous.state };
      const step = this.#stepper.attempt(slot, () => make(current, this.#stepper.environment()));
      const entity = new LoadedEntity<S>({
        identity: target,
        runNo: this.deps.numbers.takeRunNo(),
        state: step.next,
        durableState: undefined,
        seq: 0,
        storedWakeMs: undefined,
      });
      const writes: StoreWrite[] = [];
      if (previous !== undefined) {
        writes.push({ kind: "updateRun", runNo: previous.runNo, isCurrent: false });
      }
      writes.push(...insertEntityWrites(this.#stepper.parts, entity, slot.key));
      slot.setCurrent(entity);
      await this.#stepper.commit(slot, entity, { step, writes, previous: step.next });
      return step.next;
    });
  }

  /** The state that is durable; `undefined` when there is no such entity. */
  async read(target: EntityTarget): Promise<S | undefined> {
    return this.#stepper.slots.hold(target, async (slot) => {
      for (;;) {
        const entity = await findEntity(slot, target.runId ?? "");
        if (entity === undefined || entity.durableState !== undefined) return entity?.durableState;
        // It was just created. If that can't be stored, it is not there the next time.
        await entity.lastTicket?.durable.catch(() => undefined);
      }
    });
  }

  /**
   * Applies a step; resolves to the state after it once that is durable.
   *
   * @param alongside - Writes for the same commit: removal of the task that the step starts.
   * @throws {NotFoundError} No such entity.
   */
  async step(
    target: EntityTarget,
    make: MakeEntityStep<S>,
    alongside: readonly StoreWrite[] = [],
  ): Promise<S> {
    return this.#stepper.slots.hold(target, async (slot) => {
      const entity = await loadedEntity(slot, target.runId ?? "");
      const step = this.#stepper.attempt(slot, () =>
        make(entity.state, this.#stepper.environment()),
      );
      await this.#stepper.apply(slot, entity, { step, alongside });
      return step.next;
    });
  }

  /**
   * Waits until the durable state is as wanted, the time is over, or the caller goes away; resolves
   * to the state by then.
   *
   * @throws {NotFoundError} No such entity, or it was removed meanwhile.
   */
  async watch(
    target: EntityTarget,
    watch: {
      readonly waitMs: number;
      readonly signal: CancelSignal;
      readonly isDone: (state: S) => boolean;
    },
  ): Promise<S> {
    return this.#stepper.slots.hold(target, async (slot) => {
      const entity = await loadedEntity(slot, target.runId ?? "");
      const isDone = (state: S | undefined): boolean => state !== undefined && watch.isDone(state);
      const options = { ...watch, isDone, clock: this.deps.clock };
      const watched = await watchRun(slot, entity, options);
      return watched.durableState ?? watched.state;
    });
  }

  /** Deletes runs by their rows in lists; resolves when that is stored. */
  async removeAll(namespaceId: string, rows: readonly VisibilityRow[]): Promise<void> {
    const removed = rows.map(({ workflowId, runId }) =>
      this.remove({ namespaceId, id: workflowId, runId }),
    );
    await Promise.all(removed);
  }

  /** Deletes a run with its log and its row in lists. @throws {NotFoundError} No such entity. */
  async remove(target: EntityTarget): Promise<void> {
    return this.#stepper.slots.hold(target, async (slot) => {
      const entity = await loadedEntity(slot, target.runId ?? "");
      const row = this.#stepper.parts.logic.listRow?.(entity.state);
      const writes: StoreWrite[] = [{ kind: "deleteRun", runNo: entity.runNo }];
      if (row !== undefined) {
        const { namespaceId, runId } = row;
        writes.push({ kind: "removeVisibility", namespaceId, runId });
      }
      const ticket = this.deps.committer.add(writes, slot);
      slot.remove(entity.runId, ticket);
      await ticket.durable;
    });
  }
}
