import { isOpen, type LogRecord, type RunState } from "@perdure/engine";
import type { HostedRun } from "./entity-slot.js";
import type { CommitTicket } from "./group-committer.js";
import { HistoryCache } from "./history-cache.js";
import type { PendingQueries } from "./pending-queries.js";
import type { UpdateWaiters } from "./update-waiters.js";
import type { WakeEntry } from "./wake-queue.js";

/** A run in memory. Its state may be ahead of the store; `lastTicket` tells when it is not. */
export class LoadedRun implements HostedRun {
  readonly runNo: number;
  state: RunState;
  /** The latest state that is known to survive a crash: all that a reader may be shown. */
  durableState: RunState;
  /** Sequence number of the last log entry. */
  seq: number;
  /** The wake-up that is stored for the run. */
  storedWakeMs: number | undefined;
  /** The wake-up that is armed in memory. */
  armed: WakeEntry | undefined;
  isCurrent: boolean;
  lastTicket: CommitTicket | undefined;
  /** Log entries and their bytes since the last snapshot, and the size of that snapshot. */
  entriesSinceSnapshot = 0;
  bytesSinceSnapshot = 0;
  snapshotBytes = 0;
  savedBytes: number;
  readonly history: HistoryCache;
  /** Callers that wait for a change of the run. */
  readonly watchers = new Set<() => void>();
  queries: PendingQueries | undefined;
  updates: UpdateWaiters | undefined;
  /** Takes the offer of the speculative workflow task back; absent when none is made. */
  takeBackOffer: (() => void) | undefined;
  /**
   * A workflow's attempt to close failed because of news: more news is turned away for a moment.
   */
  isClosing = false;
  /** Whether its messages are being delivered. */
  isSending = false;

  constructor(stored: {
    readonly runNo: number;
    readonly state: RunState;
    readonly seq: number;
    readonly storedWakeMs: number | undefined;
    readonly isCurrent: boolean;
    /** 0 by default: the run is new. */
    readonly savedBytes?: number;
    /** ID of the first event that the cache will hold. */
    readonly cachedFromEventId: number;
  }) {
    this.runNo = stored.runNo;
    this.state = stored.state;
    this.durableState = stored.state;
    this.seq = stored.seq;
    this.storedWakeMs = stored.storedWakeMs;
    this.isCurrent = stored.isCurrent;
    this.savedBytes = stored.savedBytes ?? 0;
    this.history = new HistoryCache(stored.cachedFromEventId);
  }

  /** Takes over what a step made. */
  advance(next: RunState, record: LogRecord): number {
    this.state = next;
    this.seq += 1;
    this.history.add(record);
    this.noteEntry(record);
    return this.seq;
  }

  /** Counts a log entry that no snapshot covers. */
  noteEntry(record: LogRecord): void {
    this.entriesSinceSnapshot += 1;
    this.bytesSinceSnapshot += record.events.length + record.delta.length;
  }

  noteSnapshot(sizeBytes: number): void {
    this.entriesSinceSnapshot = 0;
    this.bytesSinceSnapshot = 0;
    this.snapshotBytes = sizeBytes;
  }

  /** Notes that a commit is durable: without a later one nothing of the run is under way. */
  settle(ticket: CommitTicket): void {
    if (this.lastTicket !== ticket) return;
    this.lastTicket = undefined;
    this.history.noteStored();
  }

  get runId(): string {
    return this.state.runId;
  }

  /** Takes back what is planned for the run: it is being removed. */
  retire(): void {
    this.disarm();
    this.queries?.unblock();
  }

  /** Takes the armed wake-up back. */
  disarm(): void {
    this.armed?.cancel();
    this.armed = undefined;
  }

  /** Whether something is in memory that is lost with the run. */
  get isInUse(): boolean {
    if (this.lastTicket !== undefined || this.watchers.size > 0) return true;
    if (this.queries !== undefined || this.updates !== undefined) return true;
    return isOpen(this.state) && !this.state.admittedUpdates.isEmpty();
  }

  /** Forgets what is in memory only, and tells those who wait for it. */
  drop(): void {
    this.disarm();
    this.takeBackOffer?.();
    this.takeBackOffer = undefined;
    this.queries?.unblock();
    this.updates?.lose();
    this.notify();
  }

  /** Wakes everybody who waits for a change. */
  notify(): void {
    for (const watcher of [...this.watchers]) watcher();
  }
}
