import type { EntityKind, TaskKind, VisibilityRow } from "@perdure/persistence";

/** Names one run of an entity that is not a workflow. */
export interface EntityIdentity {
  readonly namespaceId: string;
  /** The ID that users give. */
  readonly id: string;
  /** A UUID. */
  readonly runId: string;
}

/** A task that a step wants to be handed out once the step is durable. */
export interface EntityOffer {
  readonly queueName: string;
  readonly taskKind: TaskKind;
  /** 1 (first) to 5 (last). */
  readonly priority: number;
  /** Tells the tasks of one run apart, as the scheduled event ID does for a workflow's. */
  readonly taskNo: number;
  /** A task with another stamp than the state's is stale. */
  readonly stamp: number;
}

/** What happened to an entity: its next state and what makes the same of the stored one. */
export interface EntityStep<S> {
  readonly next: S;
  /** What `fold()` makes `next` from; absent: nothing that is stored changed. */
  readonly record: Uint8Array | undefined;
  /** Whether the row in lists is another one than before. */
  readonly isListChanged: boolean;
  readonly offers: readonly EntityOffer[];
}

/** What a step is given besides the state. */
export interface EntityEnvironment {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  /** A new UUID. */
  readonly newId: () => string;
  /** A number in [0, 1). */
  readonly random: () => number;
}

/** Makes a step; throws a `DomainError` to refuse. */
export type MakeEntityStep<S> = (state: S, environment: EntityEnvironment) => EntityStep<S>;

/**
 * The pure part of one kind of entity: how its state is folded from its log and what the host
 * reads from a state. The same state and record always give the same state.
 */
export interface EntityLogic<S> {
  readonly kind: EntityKind;
  /** @param state - `undefined` for the first record of a run. */
  fold(state: S | undefined, record: Uint8Array, identity: EntityIdentity): S;
  encodeSnapshot(state: S): Uint8Array;
  decodeSnapshot(data: Uint8Array, identity: EntityIdentity): S;
  /** A closed run is not woken any more. */
  isOpen(state: S): boolean;
  /** When `wake()` is to be called, milliseconds since the epoch; `undefined`: never. */
  wakeAtMs(state: S): number | undefined;
  /** What time brings; `undefined` when nothing is due. */
  wake: (state: S, environment: EntityEnvironment) => EntityStep<S> | undefined;
  /** The row in lists; absent: the kind has none. Its list is `listIdOf(namespaceId, kind)`. */
  listRow?(state: S): VisibilityRow | undefined;
}

/**
 * What a kind of entity does in the world, outside its own steps: starting a workflow, calling an
 * address. It is done at least once, after the step that asks for it is durable and again after a
 * crash, so it must be safe to repeat (by a request ID that is in the state).
 */
export interface EntityEffects<S> {
  /** Whether there is something to do now. Work that waits for a time belongs to `wake()`. */
  hasWork(state: S): boolean;
  /**
   * Does it, and notes what came of it by steps of the host, after which `hasWork()` is false or
   * tells of new work. Rejects when it can't be done now; it is then tried again.
   */
  work(identity: EntityIdentity): Promise<void>;
}
