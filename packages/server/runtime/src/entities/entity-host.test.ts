import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import {
  FailedPreconditionError,
  SILENT_LOGGER,
  StoreUnavailableError,
  seededRandom,
  VirtualClock,
} from "@perdure/kernel";
import {
  EntityKind,
  listIdOf,
  MemoryDisk,
  MemoryStore,
  type StoreFaults,
} from "@perdure/persistence";
import { GroupCommitter } from "../group-committer.js";
import { StoreNumbers } from "../store-numbers.js";
import { WakeScanner } from "../wake-scanner.js";
import { EntityHost } from "./entity-host.js";
import type { EntityEffects, EntityLogic, EntityStep } from "./entity-logic.js";

const NAMESPACE_ID = "11111111-1111-4111-8111-111111111111";
const TARGET = { namespaceId: NAMESPACE_ID, id: "one" };
const RUN = { ...TARGET, runId: "22222222-2222-4222-8222-222222222222" };
const NEXT_RUN = { ...TARGET, runId: "33333333-3333-4333-8333-333333333333" };
const STORED = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 } as const;

/** A counter that rings when its alarm is due, and is closed at a hundred. */
interface Counter {
  readonly count: number;
  readonly alarmAtMs: number | undefined;
  readonly rungCount: number;
  readonly todo: number;
}

const EMPTY: Counter = { count: 0, alarmAtMs: undefined, rungCount: 0, todo: 0 };

/** Each record is the whole state: folding is tested with the kinds that have better records. */
function step(next: Counter): EntityStep<Counter> {
  const record = Buffer.from(JSON.stringify(next));
  return { next, record, isListChanged: false, offers: [] };
}

const LOGIC: EntityLogic<Counter> = {
  kind: EntityKind.SCHEDULE,
  fold: (_, record) => JSON.parse(Buffer.from(record).toString()) as Counter,
  encodeSnapshot: (state) => Buffer.from(JSON.stringify(state)),
  decodeSnapshot: (data) => JSON.parse(Buffer.from(data).toString()) as Counter,
  isOpen: ({ count }) => count < 100,
  wakeAtMs: ({ alarmAtMs }) => alarmAtMs,
  wake: (state, { nowMs }) => {
    if (state.alarmAtMs === undefined || state.alarmAtMs > nowMs) return undefined;
    return step({ ...state, alarmAtMs: undefined, rungCount: state.rungCount + 1 });
  },
};

interface Opened {
  readonly clock: VirtualClock;
  readonly disk: MemoryDisk;
  readonly store: MemoryStore;
  readonly host: EntityHost<Counter>;
  readonly scanner: WakeScanner;
}

async function open(
  before?: Partial<Pick<Opened, "clock" | "disk">> & { readonly faults?: StoreFaults },
): Promise<Opened> {
  const random = seededRandom(1);
  const clock = before?.clock ?? new VirtualClock(1_000_000);
  const disk = before?.disk ?? new MemoryDisk({ random });
  const faults = before?.faults;
  const store = new MemoryStore({ random, disk, clock, ...(faults && { faults }) });
  const logger = SILENT_LOGGER;
  const committer = new GroupCommitter(store, logger);
  const numbers = new StoreNumbers(await store.facts());
  const deps = { store, committer, clock, random, logger, numbers };
  const host = new EntityHost(deps, LOGIC);
  const scanner = new WakeScanner({ ...deps, wakers: new Map([[LOGIC.kind, host.waker]]) });
  return { clock, disk, store, host, scanner };
}

async function turns(clock: VirtualClock, ms = 0): Promise<void> {
  clock.advance(ms);
  for (let turn = 0; turn < 20; turn++) await setImmediate();
}

function add(amount: number): (state: Counter) => EntityStep<Counter> {
  return (state) => step({ ...state, count: state.count + amount });
}

describe("EntityHost", () => {
  it("shows an entity's state once it is stored, and after a restart", async () => {
    const opened = await open();
    assert.equal(await opened.host.read(TARGET), undefined);
    await opened.host.create(RUN, () => step(EMPTY));
    const states = await Promise.all([1, 2, 3].map((n) => opened.host.step(TARGET, add(n))));
    assert.deepEqual(
      states.map(({ count }) => count),
      [1, 3, 6],
    );
    opened.store.crash();
    const { host } = await open(opened);
    assert.equal((await host.read(TARGET))?.count, 6);
    assert.equal((await host.read({ ...TARGET, runId: RUN.runId }))?.count, 6);
  });

  it("folds a snapshot and the records after it", async () => {
    const opened = await open();
    await opened.host.create(RUN, () => step(EMPTY));
    for (let n = 0; n < 70; n++) await opened.host.step(TARGET, add(1));
    const row = opened.disk.runs.loadCurrent({
      kind: LOGIC.kind,
      namespaceId: NAMESPACE_ID,
      businessId: "one",
    });
    assert.ok(row?.snapshot !== undefined);
    opened.store.crash();
    const { host } = await open(opened);
    assert.equal((await host.read(TARGET))?.count, 70);
  });

  it("gives the present run to who creates the next, which then stands for the ID", async () => {
    const { host } = await open();
    await host.create(RUN, () => step(EMPTY));
    const refuse = (current: unknown): EntityStep<Counter> => {
      if (current !== undefined) throw new FailedPreconditionError("taken");
      return step(EMPTY);
    };
    await assert.rejects(host.create(NEXT_RUN, refuse), FailedPreconditionError);
    await host.create(NEXT_RUN, (current) => {
      assert.equal(current?.runId, RUN.runId);
      return step({ ...EMPTY, count: 50 });
    });
    assert.equal((await host.read(TARGET))?.count, 50);
    assert.equal((await host.read({ ...TARGET, runId: RUN.runId }))?.count, 0);
  });

  it("tells nobody of a step that could not be stored", async () => {
    const fates: ("stored" | "failsBefore")[] = ["stored", "failsBefore"];
    const faults = {
      decideCommit: () => ({ ...STORED, outcome: fates.shift() ?? ("stored" as const) }),
    };
    const { host } = await open({ faults });
    await host.create(RUN, () => step(EMPTY));
    await assert.rejects(host.step(TARGET, add(5)), StoreUnavailableError);
    assert.equal((await host.read(TARGET))?.count, 0);
  });

  it("wakes an entity at its time, also after a restart and when it was late", async () => {
    const opened = await open();
    const alarmAtMs = opened.clock.nowMs() + 5_000;
    await opened.host.create(RUN, () => step({ ...EMPTY, alarmAtMs }));
    await turns(opened.clock, 4_999);
    assert.equal((await opened.host.read(TARGET))?.rungCount, 0);
    await turns(opened.clock, 1);
    assert.equal((await opened.host.read(TARGET))?.rungCount, 1);
    const againMs = opened.clock.nowMs() + 5_000;
    await opened.host.step(TARGET, (state) => step({ ...state, alarmAtMs: againMs }));
    opened.host.stop();
    opened.store.crash();
    opened.clock.advance(60_000);
    const { host, scanner, store } = await open(opened);
    scanner.start();
    await turns(opened.clock);
    assert.equal((await host.read(TARGET))?.rungCount, 2);
    assert.deepEqual(await store.readDueRuns(opened.clock.nowMs() + 1, 10), []);
    await scanner.stop();
  });

  it("does the work of an entity until it is done, trying again what failed", async () => {
    const opened = await open();
    const { host, clock } = opened;
    let failures = 2;
    let workCount = 0;
    const effects: EntityEffects<Counter> = {
      hasWork: ({ todo }) => todo > 0,
      work: async (identity) => {
        if (failures-- > 0) throw new FailedPreconditionError("not now");
        workCount += 1;
        await host.step(identity, (state) => step({ ...state, todo: state.todo - 1 }));
      },
    };
    host.connect({ effects });
    await host.create(RUN, () => step({ ...EMPTY, todo: 3 }));
    for (let second = 0; second < 4; second++) await turns(clock, 1_000);
    assert.equal(workCount, 3);
    assert.equal((await host.read(TARGET))?.todo, 0);
    assert.deepEqual(await opened.store.readDueRuns(clock.nowMs() + 1, 10), []);
  });

  it("does work that a crash interrupted", async () => {
    const opened = await open();
    const never: EntityEffects<Counter> = {
      hasWork: ({ todo }) => todo > 0,
      work: () => Promise.reject(new FailedPreconditionError("not now")),
    };
    opened.host.connect({ effects: never });
    await opened.host.create(RUN, () => step({ ...EMPTY, todo: 1 }));
    opened.host.stop();
    opened.store.crash();
    const { host, scanner } = await open(opened);
    const done: string[] = [];
    host.connect({
      effects: {
        hasWork: ({ todo }) => todo > 0,
        work: async (identity) => {
          done.push(identity.id);
          await host.step(identity, (state) => step({ ...state, todo: 0 }));
        },
      },
    });
    scanner.start();
    await turns(opened.clock);
    assert.deepEqual(done, ["one"]);
    await scanner.stop();
  });

  it("answers who watches when the stored state is as wanted", async () => {
    const { host, clock } = await open();
    await host.create(RUN, () => step(EMPTY));
    const { signal } = new AbortController();
    const isDone = ({ count }: Counter): boolean => count >= 2;
    const watched = host.watch(TARGET, { waitMs: 1_000, signal, isDone });
    await host.step(TARGET, add(1));
    await host.step(TARGET, add(1));
    assert.equal((await watched).count, 2);
    const late = host.watch(TARGET, { waitMs: 1_000, signal, isDone: () => false });
    await turns(clock);
    await turns(clock, 1_000);
    assert.equal((await late).count, 2);
  });

  it("removes an entity for good", async () => {
    const opened = await open();
    await opened.host.create(RUN, () => step(EMPTY));
    await opened.host.remove(TARGET);
    assert.equal(await opened.host.read(TARGET), undefined);
    opened.store.crash();
    const { host } = await open(opened);
    assert.equal(await host.read({ ...TARGET, runId: RUN.runId }), undefined);
  });
});

describe("listIdOf()", () => {
  it("leaves the namespace's own list to workflows", () => {
    assert.equal(listIdOf(NAMESPACE_ID, EntityKind.WORKFLOW), NAMESPACE_ID);
    const others = [EntityKind.SCHEDULE, EntityKind.ACTIVITY];
    const lists = new Set(others.map((kind) => listIdOf(NAMESPACE_ID, kind)));
    assert.equal(lists.size, 2);
    assert.ok(!lists.has(NAMESPACE_ID));
  });
});
