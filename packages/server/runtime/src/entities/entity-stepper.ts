import { type Clock, DomainError, type Logger, type Random, uuidV7 } from "@perdure/kernel";
import type { Store, StoreWrite, TaskRow } from "@perdure/persistence";
import type { Dispatcher } from "../dispatch.js";
import type { GroupCommitter } from "../group-committer.js";
import type { StoreNumbers } from "../store-numbers.js";
import { type WakeEntry, WakeQueue } from "../wake-queue.js";
import type { Waker, WakeTarget } from "../waker.js";
import type {
  EntityEffects,
  EntityEnvironment,
  EntityIdentity,
  EntityLogic,
  EntityStep,
} from "./entity-logic.js";
import { EntitySlots, findEntity, type Slot } from "./entity-slots.js";
import { entityRowWrites, entityStepWrites, entityTaskRow } from "./entity-writes.js";
import type { LoadedEntity } from "./loaded-entity.js";

/** What hosts of all kinds are built from. */
export interface EntityHostDeps {
  readonly store: Store;
  readonly committer: GroupCommitter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly numbers: StoreNumbers;
}

/** How long an entity is left alone whose wake-up or work failed. */
const RETRY_MS = 1000;

/** Commits the steps of one kind's entities and does what follows: tasks, wake-ups, work. */
export class EntityStepper<S> {
  readonly deps: EntityHostDeps;
  readonly parts: { readonly logic: EntityLogic<S>; effects: EntityEffects<S> | undefined };
  readonly slots: EntitySlots<S>;
  readonly #wakeQueue: WakeQueue;
  dispatcher: Dispatcher | undefined;
  #isStopped = false;

  constructor(deps: EntityHostDeps, logic: EntityLogic<S>) {
    this.deps = deps;
    this.parts = { logic, effects: undefined };
    this.slots = new EntitySlots(deps, logic);
    this.#wakeQueue = new WakeQueue(deps.clock);
  }

  stop(): void {
    this.#isStopped = true;
    this.#wakeQueue.stop();
  }

  get waker(): Waker {
    return {
      isArmed: (target) => {
        const armed = this.slots.peek(target)?.armed;
        return armed !== undefined && armed.atMs <= target.atMs;
      },
      wakeLater: (target) => void this.#addWake(target),
      wakeNow: (target) => this.#wakeStored(target),
    };
  }

  environment(): EntityEnvironment {
    const { clock, random } = this.deps;
    const nowMs = clock.nowMs();
    return { nowMs, newId: () => uuidV7(nowMs, random), random: () => random.next() };
  }

  /** Runs a step; a bug in it drops the entity from memory, so that it is loaded as stored. */
  attempt<T>(slot: Slot<S>, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof DomainError)) slot.discard();
      throw error;
    }
  }

  async apply(
    slot: Slot<S>,
    entity: LoadedEntity<S>,
    applied: { readonly step: EntityStep<S>; readonly alongside: readonly StoreWrite[] },
  ): Promise<void> {
    const { step, alongside } = applied;
    const previous = entity.state;
    entity.state = step.next;
    await this.commit(slot, entity, { step, writes: [...alongside], previous });
  }

  /** Commits a step that is in memory already. What the caller does next waits for it. */
  async commit(
    slot: Slot<S>,
    entity: LoadedEntity<S>,
    committed: {
      readonly step: EntityStep<S>;
      readonly writes: StoreWrite[];
      readonly previous: S;
    },
  ): Promise<void> {
    const { step, writes, previous } = committed;
    if (step.record !== undefined) {
      entity.seq += 1;
      entity.entriesSinceSnapshot += 1;
    }
    writes.push(...entityStepWrites(this.parts, entity, step));
    writes.push(...entityRowWrites(this.parts, entity, previous));
    const tasks = this.#taskRows(slot, entity, step);
    for (const task of tasks) writes.push({ kind: "insertTask", task });
    this.#arm(entity);
    if (writes.length === 0) {
      await entity.lastTicket?.durable;
      return;
    }
    const ticket = this.deps.committer.add(writes, slot);
    entity.lastTicket = ticket;
    await ticket.durable;
    entity.settle(ticket);
    entity.durableState = step.next;
    for (const task of tasks) this.dispatcher?.offer(task);
    entity.notify();
    this.#workSoon(slot, entity);
  }

  #taskRows(slot: Slot<S>, entity: LoadedEntity<S>, step: EntityStep<S>): readonly TaskRow[] {
    const { clock, numbers } = this.deps;
    return step.offers.map((offer) =>
      entityTaskRow(offer, {
        key: slot.key,
        runId: entity.runId,
        taskId: numbers.takeTaskId(),
        nowMs: clock.nowMs(),
      }),
    );
  }

  #workSoon(slot: Slot<S>, entity: LoadedEntity<S>): void {
    const { effects } = this.parts;
    if (effects?.hasWork(entity.state) !== true) return;
    if (entity.isWorking || this.#isStopped) return;
    entity.isWorking = true;
    this.deps.clock.skipping?.note(entity.runId, true);
    slot.hold();
    effects.work(entity.identity).then(
      () => this.#onWorked(slot, entity, true),
      (error: unknown) => {
        const isExpected = error instanceof DomainError;
        const fields = { error, ...entity.identity };
        const message = "The work of an entity could not be done; it is tried again";
        this.deps.logger.log(isExpected ? "debug" : "error", message, fields);
        this.#onWorked(slot, entity, false);
      },
    );
  }

  #onWorked(slot: Slot<S>, entity: LoadedEntity<S>, isDone: boolean): void {
    entity.isWorking = false;
    this.deps.clock.skipping?.note(entity.runId, false);
    slot.release();
    const isLoaded = slot.runs.get(entity.runId) === entity;
    // Steps that came meanwhile may have made new work.
    if (isDone && isLoaded && entity.lastTicket === undefined) this.#workSoon(slot, entity);
    else if (!isDone || !isLoaded) this.#wakeAgain(entity.identity);
  }

  #arm(entity: LoadedEntity<S>): void {
    const { logic } = this.parts;
    const { state } = entity;
    const wakeAtMs = logic.isOpen(state) ? logic.wakeAtMs(state) : undefined;
    if (wakeAtMs === undefined || this.#isStopped) {
      entity.disarm();
      return;
    }
    if (entity.armed !== undefined && entity.armed.atMs <= wakeAtMs) return;
    entity.disarm();
    entity.armed = this.#addWake(wakeTarget(entity.identity, wakeAtMs));
  }

  #addWake(target: WakeTarget): WakeEntry {
    return this.#wakeQueue.add(target.atMs, () => {
      this.#wake(target).catch((error: unknown) => this.#onWakeFailed(target, error));
    });
  }

  #onWakeFailed(target: WakeTarget, error: unknown): void {
    const fields = { error, id: target.businessId, runId: target.runId };
    this.deps.logger.log("error", "An entity could not be woken; it is tried again", fields);
    this.#wakeAgain({ ...target, id: target.businessId });
  }

  #wakeAgain(identity: EntityIdentity): void {
    if (this.#isStopped) return;
    this.#addWake(wakeTarget(identity, this.deps.clock.nowMs() + RETRY_MS));
  }

  /** Wakes an entity and waits until that is stored. Returns whether it is. */
  async #wakeStored(target: WakeTarget): Promise<boolean> {
    try {
      await this.#wake(target);
      return true;
    } catch (error) {
      this.#onWakeFailed(target, error);
      return false;
    }
  }

  async #wake(target: WakeTarget): Promise<void> {
    const release = this.deps.clock.skipping?.hold();
    try {
      await this.#wakeEntity(target);
    } finally {
      release?.();
    }
  }

  async #wakeEntity(target: WakeTarget): Promise<void> {
    if (this.#isStopped) return;
    const { namespaceId, businessId: id, runId } = target;
    await this.slots.hold({ namespaceId, id }, async (slot) => {
      const entity = await findEntity(slot, runId);
      // It was deleted meanwhile: there is nothing to wake.
      if (entity === undefined) return;
      if (entity.armed !== undefined && entity.armed.atMs <= target.atMs) entity.armed = undefined;
      if (entity.lastTicket === undefined) this.#workSoon(slot, entity);
      const { logic } = this.parts;
      if (!logic.isOpen(entity.state)) return;
      const step = this.attempt(slot, () => logic.wake(entity.state, this.environment()));
      const applied = step ?? { next: entity.state, ...NO_CHANGE };
      // The stored wake-up has passed: it is corrected, or it would be found again.
      await this.apply(slot, entity, {
        step: applied,
        alongside: this.#correction(entity, applied),
      });
    });
  }

  #correction(entity: LoadedEntity<S>, step: EntityStep<S>): readonly StoreWrite[] {
    const { logic, effects } = this.parts;
    const { storedWakeMs, runNo } = entity;
    if (storedWakeMs === undefined || storedWakeMs > this.deps.clock.nowMs()) return [];
    if (effects?.hasWork(step.next) === true) return [];
    const wakeAtMs = logic.isOpen(step.next) ? logic.wakeAtMs(step.next) : undefined;
    if (wakeAtMs === storedWakeMs) return [];
    entity.storedWakeMs = wakeAtMs;
    return [{ kind: "updateRun", runNo, wakeAtMs: wakeAtMs ?? null }];
  }
}

const NO_CHANGE = { record: undefined, isListChanged: false, offers: [] } as const;

function wakeTarget({ namespaceId, id, runId }: EntityIdentity, atMs: number): WakeTarget {
  return { namespaceId, businessId: id, runId, atMs };
}
