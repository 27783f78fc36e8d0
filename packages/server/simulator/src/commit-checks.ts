import { durationMs, loadRun, type RunState, snapshotRun, timestampMs } from "@perdure/engine";
import { EntityKind, type LogEntry, type RunRow, type StoreWrite } from "@perdure/persistence";
import { RunDelta, RunSnapshot } from "@perdure/proto/perdure/internal/v1";
import { History, type HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type { World } from "./world.js";

/** What is known of a run from the batches that made it. */
interface SeenRun {
  row: RunRow;
  nextEventId: number;
  isPruned: boolean;
  /** When each pending timer may fire, milliseconds since the epoch. */
  readonly timerDueMs: Map<string, number>;
  /** Events that wait; told by deltas. */
  bufferedCount: number;
}

/**
 * Checks every batch once it is on the disk: event IDs without gaps, no timer early, one open run
 * of a workflow ID, and a log that folds into the very state that the server has in memory.
 */
export class CommitChecks {
  readonly #world: World;
  readonly #runs = new Map<number, SeenRun>();
  /** Number of the open run by workflow ID. */
  readonly #open = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  onStored(batch: readonly StoreWrite[]): void {
    const touched = new Set<SeenRun>();
    for (const write of batch) {
      const run = this.#follow(write);
      if (run !== undefined) touched.add(run);
    }
    for (const run of touched) this.#checkFold(run);
    this.#checkOpenRuns(touched);
  }

  #follow(write: StoreWrite): SeenRun | undefined {
    switch (write.kind) {
      case "insertRun": {
        // What follows is about workflows; other kinds have checks of their own at the end.
        if (write.run.key.kind !== EntityKind.WORKFLOW) return undefined;
        const seen = {
          row: write.run,
          nextEventId: 1,
          isPruned: false,
          timerDueMs: new Map<string, number>(),
          bufferedCount: 0,
        };
        this.#runs.set(write.run.runNo, seen);
        return seen;
      }
      case "appendLog": {
        const run = this.#runs.get(write.entry.runNo);
        if (run !== undefined) this.#checkEntry(run, write.entry);
        return run;
      }
      case "updateRun":
        return this.#runs.get(write.runNo);
      case "pruneDeltas": {
        const run = this.#runs.get(write.runNo);
        if (run !== undefined) run.isPruned = true;
        return run;
      }
      default:
        return undefined;
    }
  }

  #checkEntry(run: SeenRun, entry: LogEntry): void {
    const place = `${run.row.key.businessId}, run ${run.row.runId}`;
    if (entry.eventCount > 0) {
      for (const event of History.decode(entry.events).events) {
        if (event.eventId !== BigInt(run.nextEventId)) {
          this.#world.fail(`Event ${run.nextEventId} has ID ${event.eventId} (${place})`);
        }
        run.nextEventId = Number(event.eventId) + 1;
        this.#checkTimer(run, event);
      }
    }
    if (entry.delta.length > 0) this.#watchBuffer(run, entry);
  }

  #checkTimer(run: SeenRun, { attributes, eventTime }: HistoryEvent): void {
    switch (attributes?.kind) {
      case "timerStartedEventAttributes": {
        const delayMs = durationMs(attributes.value.startToFireTimeout);
        run.timerDueMs.set(attributes.value.timerId, timestampMs(eventTime) + delayMs);
        return;
      }
      case "timerCanceledEventAttributes":
        run.timerDueMs.delete(attributes.value.timerId);
        return;
      case "timerFiredEventAttributes": {
        const { timerId } = attributes.value;
        const dueMs = run.timerDueMs.get(timerId);
        run.timerDueMs.delete(timerId);
        // The world's own clock is asked, not what the server wrote.
        if (dueMs === undefined || this.#world.clock.nowMs() < dueMs) {
          this.#world.fail(`Timer ${timerId} of ${run.row.key.businessId} fired early`);
        }
        return;
      }
      default:
    }
  }

  #watchBuffer(run: SeenRun, entry: LogEntry): void {
    const delta = RunDelta.decode(entry.delta);
    if (delta.bufferFlushed) {
      if (run.bufferedCount > 0) this.#world.cover("a buffered event got its ID");
      const didTimeOut = History.decode(entry.events).events.some(
        ({ attributes }) => attributes?.kind === "workflowTaskTimedOutEventAttributes",
      );
      if (didTimeOut && run.bufferedCount > 0) {
        this.#world.cover("a workflow task timed out while a signal was buffered");
      }
      run.bufferedCount = 0;
    }
    run.bufferedCount += delta.buffered.length;
    const hasSignal = delta.buffered.some(
      ({ attributes }) => attributes?.kind === "workflowExecutionSignaledEventAttributes",
    );
    if (hasSignal) this.#world.cover("a signal was buffered");
  }

  /** The stored run, folded with and without its snapshot, is the run that the server works on. */
  #checkFold(run: SeenRun): void {
    const { key, runId, runNo } = run.row;
    const row = this.#world.disk.runs.load(key, runId);
    if (row === undefined) return;
    run.row = row;
    const log = this.#world.disk.runs.readLog(runNo, 1, Number.MAX_SAFE_INTEGER);
    const folded = plainState(fold(row, log, row.snapshot));
    const place = `${key.businessId}, run ${runId}`;
    if (row.snapshot !== undefined && !run.isPruned) {
      const whole = plainState(fold(row, log, undefined));
      if (whole !== folded) this.#world.fail(`A snapshot differs from its log (${place})`);
    }
    const live = this.#world.server?.liveRun(key.businessId, runId);
    if (live === undefined || live.seq !== log.at(-1)?.seq) return;
    const inMemory = plainState(live.state);
    if (inMemory !== folded) {
      const difference = differenceOf(folded, inMemory);
      this.#world.fail(`A stored run differs from memory (${place}): ${difference}`);
    }
  }

  #checkOpenRuns(touched: ReadonlySet<SeenRun>): void {
    for (const { row } of touched) {
      if (this.#open.get(row.key.businessId) === row.runNo && !row.isOpen) {
        this.#open.delete(row.key.businessId);
      }
    }
    for (const { row } of touched) {
      if (!row.isOpen) continue;
      const other = this.#open.get(row.key.businessId);
      if (other !== undefined && other !== row.runNo) {
        this.#world.fail(`Runs ${other} and ${row.runNo} of ${row.key.businessId} are both open`);
      }
      this.#open.set(row.key.businessId, row.runNo);
    }
  }
}

function fold(row: RunRow, log: readonly LogEntry[], snapshot: RunRow["snapshot"]): RunState {
  const [first, ...others] = log;
  if (first === undefined) throw new RangeError(`Run ${row.runId} has no log`);
  const identity = {
    namespaceId: row.key.namespaceId,
    workflowId: row.key.businessId,
    runId: row.runId,
  };
  const rest = others.filter(({ seq }) => snapshot === undefined || seq > snapshot.seq);
  return loadRun({ identity, snapshot: snapshot?.data, first, rest });
}

/** A state as text: what its snapshot holds, lists without an order of their own sorted. */
function plainState(state: RunState): string {
  const snapshot = RunSnapshot.decode(snapshotRun(state));
  // Waiting events are the one list whose order matters.
  const buffered = snapshot.buffered.map((event) => JSON.stringify(sorted(event))).join();
  return JSON.stringify(sorted({ ...snapshot, buffered }));
}

/** The fields that differ, as they are on each side. */
function differenceOf(left: string, right: string): string {
  const [one, other]: Record<string, unknown>[] = [JSON.parse(left), JSON.parse(right)];
  const names = [...new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])];
  const texts = names.flatMap((name) => {
    const pair = [JSON.stringify(one?.[name]), JSON.stringify(other?.[name])];
    return pair[0] === pair[1] ? [] : [`${name} is ${pair[0]}, in memory ${pair[1]}`];
  });
  return texts.join("; ");
}

function sorted(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}`;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (value instanceof Map) return sorted([...value]);
  if (Array.isArray(value)) return value.map((item) => JSON.stringify(sorted(item))).sort();
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, sorted(field)]));
}
