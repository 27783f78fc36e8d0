import type { HostedRun } from "../entity-slot.js";
import type { CommitTicket } from "../group-committer.js";
import type { WakeEntry } from "../wake-queue.js";
import type { EntityIdentity } from "./entity-logic.js";

/** A run of an entity in memory. Its state may be ahead of the store. */
export class LoadedEntity<S> implements HostedRun {
  readonly identity: EntityIdentity;
  readonly runNo: number;
  state: S;
  /**
   * The latest state that is known to survive a crash: all that a reader may be shown. `undefined`
   * until the run's first step is stored.
   */
  durableState: S | undefined;
  /** Sequence number of the last log entry. */
  seq: number;
  storedWakeMs: number | undefined;
  armed: WakeEntry | undefined;
  lastTicket: CommitTicket | undefined;
  savedBytes = 0;
  /** Log entries since the last snapshot. */
  entriesSinceSnapshot = 0;
  readonly watchers = new Set<() => void>();
  /** Whether its effects are under way. */
  isWorking = false;

  constructor(stored: {
    readonly identity: EntityIdentity;
    readonly runNo: number;
    readonly state: S;
    readonly durableState: S | undefined;
    readonly seq: number;
    readonly storedWakeMs: number | undefined;
  }) {
    this.identity = stored.identity;
    this.runNo = stored.runNo;
    this.state = stored.state;
    this.durableState = stored.durableState;
    this.seq = stored.seq;
    this.storedWakeMs = stored.storedWakeMs;
  }

  get runId(): string {
    return this.identity.runId;
  }

  get isInUse(): boolean {
    return this.lastTicket !== undefined || this.watchers.size > 0 || this.isWorking;
  }

  /** Notes that a commit is durable: without a later one nothing of the run is under way. */
  settle(ticket: CommitTicket): void {
    if (this.lastTicket === ticket) this.lastTicket = undefined;
  }

  disarm(): void {
    this.armed?.cancel();
    this.armed = undefined;
  }

  retire(): void {
    this.disarm();
  }

  drop(): void {
    this.disarm();
    this.notify();
  }

  notify(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
