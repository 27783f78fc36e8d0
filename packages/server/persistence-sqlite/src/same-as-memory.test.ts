import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InvariantError, type Random, seededRandom } from "@perdure/kernel";
import {
  EntityKind,
  MemoryStore,
  type Store,
  type StoreWrite,
  TaskKind,
  type VisibilityFilter,
  type VisibilityOrder,
} from "@perdure/persistence";
import { openSqliteStore } from "./sqlite-store.js";
import { withStorePath } from "./testing/store-folder.js";

const SEEDS = [1, 2, 3];
const BATCH_COUNT = 120;
const NAMESPACE_IDS = ["32049b68-7872-4094-8e63-d0dd59896a83", "other"];
const QUEUE = { namespaceId: "other", name: "orders", taskKind: TaskKind.ACTIVITY };

/** Draws from few values, so that writes meet each other. */
class Draw {
  readonly #random: Random;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  /** An integer in [0, end). */
  below(end: number): number {
    return Math.floor(this.#random.next() * end);
  }

  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }

  bytes(): Uint8Array {
    return this.#random.fill(new Uint8Array(this.below(5)));
  }

  namespaceId(): string {
    return NAMESPACE_IDS[this.below(2)] ?? "";
  }

  runId(): string {
    return `0190a1b2-c3d4-7e5f-8a6b-${this.below(12).toString(16).padStart(12, "0")}`;
  }

  timeMs(): number | undefined {
    return this.of([undefined, this.below(6), 1_700_000_000_000 + this.below(6)]);
  }

  key() {
    const namespaceId = this.namespaceId();
    return { kind: EntityKind.WORKFLOW, namespaceId, businessId: `order-${this.below(3)}` };
  }
}

function drawRunWrite(draw: Draw): StoreWrite {
  const runNo = 1 + draw.below(10);
  const isCurrent = draw.below(2) === 0;
  const snapshot = draw.of([undefined, { seq: draw.below(9), data: draw.bytes() }]);
  const wakeAtMs = draw.timeMs();
  if (draw.below(2) === 0) {
    const run = { runNo, key: draw.key(), runId: draw.runId(), isCurrent, isOpen: true };
    return { kind: "insertRun", run: { ...run, wakeAtMs, snapshot } };
  }
  if (draw.below(4) === 0) return { kind: "deleteRun", runNo };
  const isOpen = draw.below(2) === 0;
  const update = {
    kind: "updateRun",
    runNo,
    isOpen,
    wakeAtMs: wakeAtMs ?? null,
    snapshot,
  } as const;
  return draw.below(2) === 0 ? update : { ...update, isCurrent };
}

function drawTaskWrite(draw: Draw): StoreWrite {
  const place = { queue: QUEUE, priority: 1 + draw.below(3), taskId: draw.below(20) };
  if (draw.below(2) === 0) return { kind: "removeTask", place };
  const rest = { scheduledEventId: 5, stamp: draw.below(9), createdAtMs: 1_700_000_000_000 };
  return { kind: "insertTask", task: { ...place, key: draw.key(), runId: draw.runId(), ...rest } };
}

function drawVisibilityWrite(draw: Draw): StoreWrite {
  const [namespaceId, runId] = [draw.namespaceId(), draw.runId()];
  if (draw.below(5) === 0) return { kind: "removeVisibility", namespaceId, runId };
  const row = {
    namespaceId,
    workflowId: `order-${draw.below(4)}`,
    runId,
    workflowType: draw.of(["a", "b", "🔑"]),
    taskQueue: "orders",
    status: draw.below(4),
    startTimeMs: draw.below(5),
    executionTimeMs: 0,
    closeTimeMs: draw.timeMs(),
    historyLength: draw.below(3),
    historySizeBytes: 0,
    stateTransitionCount: 0,
    parentWorkflowId: draw.of([undefined, "", "p"]),
    parentRunId: draw.of([undefined, draw.runId(), "odd"]),
    rootWorkflowId: "root",
    rootRunId: draw.runId(),
    firstRunId: draw.runId(),
    memo: draw.of([undefined, draw.bytes()]),
    searchAttributes: undefined,
  };
  return { kind: "putVisibility", row };
}

/** A batch; sequence numbers of log entries rise by themselves, as the runtime's do. */
function drawBatch(draw: Draw, nextSeq: () => number): StoreWrite[] {
  return Array.from({ length: draw.below(5) }, (): StoreWrite => {
    switch (draw.below(6)) {
      case 0:
      case 1:
        return drawRunWrite(draw);
      case 2:
        return drawTaskWrite(draw);
      case 3:
        return { kind: "pruneDeltas", runNo: 1 + draw.below(10), throughSeq: draw.below(200) };
      default:
        return draw.below(2) === 0 ? drawVisibilityWrite(draw) : drawRunWithLog(draw, nextSeq());
    }
  });
}

/**
 * An update of a run followed by nothing, or the entry of a run number from 11 on, which all exist.
 */
function drawRunWithLog(draw: Draw, seq: number): StoreWrite {
  const eventCount = draw.below(2);
  const entry = { runNo: 11 + draw.below(2), seq, firstEventId: seq * 2, eventCount };
  return { kind: "appendLog", entry: { ...entry, events: draw.bytes(), delta: draw.bytes() } };
}

const FIELDS = [
  "WorkflowId",
  "RunId",
  "WorkflowType",
  "ExecutionStatus",
  "StartTime",
  "CloseTime",
  "HistoryLength",
  "ParentWorkflowId",
  "ParentRunId",
] as const;

function drawFilter(draw: Draw, depth: number): VisibilityFilter {
  const kind = depth === 0 ? 4 + draw.below(5) : draw.below(9);
  if (kind === 0) return { kind: "not", operand: drawFilter(draw, depth - 1) };
  if (kind <= 3) {
    const operands = Array.from({ length: draw.below(4) }, () => drawFilter(draw, depth - 1));
    return { kind: kind === 1 ? "or" : "and", operands };
  }
  const field = draw.of(FIELDS);
  const isNegated = draw.below(2) === 0;
  const isNumber = /Time|Status|Length/.test(field);
  const value = () => (isNumber ? draw.below(6) : draw.of(["order-1", "a", "p", "", draw.runId()]));
  switch (kind) {
    case 4:
      return { kind: "isNull", field, isNegated };
    case 5:
      return { kind: "in", field, values: draw.of([[], [value()], [value(), value()]]), isNegated };
    case 6:
      return { kind: "between", field, low: value(), high: value(), isNegated };
    case 7:
      if (isNumber) return { kind: "isNull", field, isNegated };
      return { kind: "startsWith", field, prefix: String(value()).slice(0, 9), isNegated };
    default: {
      const operator = draw.of(["=", "!=", "<", "<=", ">", ">="] as const);
      return { kind: "compare", field, operator, value: value() };
    }
  }
}

function drawOrder(draw: Draw): VisibilityOrder[] {
  return Array.from({ length: draw.below(3) }, () => {
    return { field: draw.of(FIELDS), isDescending: draw.below(2) === 0 };
  });
}

/** All that can be read of the store, as JSON; bytes as arrays. */
async function dump(store: Store, draw: Draw): Promise<string> {
  const keys = NAMESPACE_IDS.flatMap((namespaceId) =>
    [0, 1, 2].map((number) => ({ kind: 1 as const, namespaceId, businessId: `order-${number}` })),
  );
  const query = { namespaceId: "other", filter: drawFilter(draw, 3), order: drawOrder(draw) };
  const limit = 1 + draw.below(4);
  const first = await store.listVisibility(query, { cursor: undefined, limit });
  const cursor = first.nextCursor;
  const range = { fromEventId: draw.below(100), toEventId: draw.below(400), maxEvents: 5 };
  return JSON.stringify(
    [
      query,
      await Promise.all(keys.map((key) => store.loadCurrentRun(key))),
      await Promise.all(keys.map((key) => store.loadRun(key, draw.runId()))),
      await store.readDueRuns(1_700_000_000_003, 5),
      await Promise.all([11, 12].map((runNo) => store.readLog(runNo, draw.below(200), 20))),
      await Promise.all([11, 12].map((runNo) => store.readHistory({ runNo, ...range }))),
      await store.readTasks(QUEUE, { after: undefined, limit: 50 }),
      first,
      cursor && (await store.listVisibility(query, { cursor, limit: 100 })),
      await store.countVisibility(query),
    ],
    (_name, value: unknown) => plain(value),
  );
}

/** Bytes as arrays; fields in the order of their names. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(fields);
}

async function outcomeOf(commit: Promise<unknown>): Promise<string> {
  try {
    await commit;
    return "stored";
  } catch (error) {
    assert.ok(error instanceof InvariantError, String(error));
    return "contradiction";
  }
}

describe("SqliteStore beside MemoryStore", () => {
  for (const seed of SEEDS) {
    it(`gives the same answers to the same calls, seed ${seed}`, () =>
      withStorePath(async (path) => {
        const sqlite = await openSqliteStore({ path, pragmas: { synchronous: "off" } });
        try {
          const memory = new MemoryStore({ random: seededRandom(seed) });
          const draw = new Draw(seed);
          let seq = 0;
          const preparation = [11, 12].map((runNo): StoreWrite => {
            const key = { kind: EntityKind.WORKFLOW, namespaceId: "log", businessId: `${runNo}` };
            const run = { runNo, key, runId: `${runNo}`, isCurrent: true, isOpen: true };
            return { kind: "insertRun", run: { ...run, wakeAtMs: undefined, snapshot: undefined } };
          });
          await Promise.all([sqlite.commit(preparation), memory.commit(preparation)]);
          let contradictionCount = 0;
          for (let number = 0; number < BATCH_COUNT; number++) {
            const batch = drawBatch(draw, () => ++seq);
            const expected = await outcomeOf(memory.commit(batch));
            const name = `batch ${number}: ${JSON.stringify(batch)}`;
            assert.equal(await outcomeOf(sqlite.commit(batch)), expected, name);
            if (expected === "contradiction") contradictionCount++;
            const dumpSeed = seed * 10_000 + number;
            const expectedDump = await dump(memory, new Draw(dumpSeed));
            assert.equal(await dump(sqlite, new Draw(dumpSeed)), expectedDump, name);
          }
          assert.ok(contradictionCount > 5 && contradictionCount < BATCH_COUNT - 20);
        } finally {
          // An open store keeps the process alive, also when the test has failed.
          await sqlite.close();
        }
      }));
  }
});
