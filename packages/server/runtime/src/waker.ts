import type { EntityKind } from "@perdure/persistence";

/** A run of an entity that is to be looked at. */
export interface WakeTarget {
  readonly namespaceId: string;
  readonly businessId: string;
  readonly runId: string;
  /** Milliseconds since the epoch. */
  readonly atMs: number;
}

/** What wakes the runs of one kind of entity. */
export interface Waker {
  /** Whether the run is in memory and will be looked at by then. */
  isArmed(target: WakeTarget): boolean;
  /** Looks at the run when its time has come. */
  wakeLater(target: WakeTarget): void;
  /** Looks at the run. Resolves, when that is stored, to whether it went well; never rejects. */
  wakeNow(target: WakeTarget): Promise<boolean>;
}

/** The wakers of all kinds that may be stored. */
export type Wakers = ReadonlyMap<EntityKind, Waker>;
