import { isOpen, type RunState, Step, transientEvents } from "@perdure/engine";
import { type CancelSignal, InvalidArgumentError } from "@perdure/kernel";
import { HistoryPageToken, type TaskHistoryPageToken } from "@perdure/proto/perdure/internal/v1";
import { HistoryEventFilterType } from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import { GetWorkflowExecutionHistoryResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import { followSuccessor } from "./follow-successor.js";
import { encodeTaskPageToken, readPageToken } from "./history-page-token.js";
import type { LoadedRun } from "./loaded-run.js";
import { readHistory } from "./read-history.js";
import { watchRun } from "./watch-run.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

export interface HistoryQuestion {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
  /** Most batches of the answer: events that one step wrote are not torn apart. */
  readonly maxBatches: number;
  readonly pageToken: Uint8Array;
  /** Whether the call waits until there is something new. */
  readonly isWaiting: boolean;
  readonly filter: HistoryEventFilterType;
  /** How long a waiting call waits, milliseconds. */
  readonly waitMs: number;
  readonly signal: CancelSignal;
  /**
   * Whether the caller also gets the events of a pending workflow task that are not written, which
   * it needs when it is the worker that holds the task.
   */
  readonly isWorker: boolean;
  /** Whether the caller follows runs to their successors by any closing event that names one. */
  readonly followsSuccessors: boolean;
}

/** Most events of one page, however few batches they make. */
export const PAGE_EVENTS_MAX = 10_000;

/** Number of the field `history` of `GetWorkflowExecutionHistoryResponse`. */
const HISTORY_FIELD = 1;

/**
 * Answers `GetWorkflowExecutionHistory`: an encoded response.
 *
 * @throws {NotFoundError} No such run.
 * @throws {InvalidArgumentError} The page token is none of ours, or of another run.
 */
export async function answerHistory(
  host: WorkflowHost,
  question: HistoryQuestion,
): Promise<Uint8Array> {
  const token = readPageToken(question.pageToken);
  const slot = host.slot(question.namespaceId, question.workflowId);
  if (token !== undefined && question.runId !== "" && token.runId !== question.runId) {
    throw new InvalidArgumentError("RunId in the request does not match the NextPageToken.");
  }
  const run = await slot.run(token?.runId ?? question.runId);
  if (token !== undefined && "transientEvents" in token) {
    return answerRange(host, run, { ...token, maxBatches: question.maxBatches });
  }
  // A worker may hold a task whose commit is under way; it is shown at least all of its events.
  await run.lastTicket?.durable;
  const isCloseOnly = question.filter === HistoryEventFilterType.CLOSE_EVENT;
  return isCloseOnly
    ? answerClose(host, { slot, run, question })
    : answerAll(host, { slot, run, question, token });
}

interface Reading {
  readonly slot: WorkflowSlot;
  readonly run: LoadedRun;
  readonly question: HistoryQuestion;
}

/** The closing event of the run; nothing while it is open. */
async function answerClose(host: WorkflowHost, reading: Reading): Promise<Uint8Array> {
  const { question, slot } = reading;
  let { run } = reading;
  if (question.isWaiting && isOpen(run.durableState)) {
    run = await watchRun(slot, run, {
      waitMs: question.waitMs,
      clock: host.deps.clock,
      signal: question.signal,
      isDone: (stored) => !isOpen(stored),
    });
  }
  if (isOpen(run.durableState)) {
    const token = question.isWaiting ? waitingToken(run, run.durableState.nextEventId) : undefined;
    return encodePage(NOTHING, token);
  }
  const { nextEventId } = run.durableState;
  const range = { fromEventId: nextEventId - 1, toEventId: nextEventId, maxEvents: 1 };
  const { events } = await readHistory(host.deps.store, run, range);
  const isShown = question.followsSuccessors || run.durableState.newExecutionRunId === "";
  return encodePage(isShown ? events : followSuccessor(events), undefined);
}

async function answerAll(
  host: WorkflowHost,
  reading: Reading & { readonly token: HistoryPageToken | undefined },
): Promise<Uint8Array> {
  const { question, slot, token } = reading;
  let { run } = reading;
  const fromEventId = token?.nextEventId ?? 1;
  const hasNothingNew = (): boolean => fromEventId >= run.durableState.nextEventId;
  if (question.isWaiting && hasNothingNew() && isOpen(run.durableState)) {
    run = await watchRun(slot, run, {
      waitMs: question.waitMs,
      clock: host.deps.clock,
      signal: question.signal,
      isDone: (stored) => stored.nextEventId > fromEventId || !isOpen(stored),
    });
  }
  // Events that were written between two pages are read too.
  const toEventId = run.durableState.nextEventId;
  const isRunning = isOpen(run.durableState);
  const { maxBatches } = question;
  const range = { fromEventId, toEventId, maxEvents: PAGE_EVENTS_MAX, maxBatches };
  const slice = await readHistory(host.deps.store, run, range);
  const isWhole = slice.nextEventId >= toEventId;
  const isShown = isWhole && question.isWorker && fromEventId < toEventId;
  const suffix = isShown ? unwrittenEvents(host, run.state, toEventId) : NOTHING;
  const events = suffix.length === 0 ? slice.events : Buffer.concat([slice.events, suffix]);
  if (question.isWaiting && isWhole && isRunning) {
    return encodePage(events, waitingToken(run, slice.nextEventId));
  }
  if (isWhole) return encodePage(events, undefined);
  return encodePage(
    slice.events,
    HistoryPageToken.encode({
      runId: run.state.runId,
      nextEventId: slice.nextEventId,
      isRunning,
      isWaiting: question.isWaiting,
    }),
  );
}

const NOTHING = new Uint8Array(0);

/** The events of the pending workflow task that are to follow the history. */
function unwrittenEvents(host: WorkflowHost, state: RunState, nextEventId: number): Uint8Array {
  const task = state.workflowTask;
  if (task === undefined || !task.isTransient || task.scheduledEventId !== nextEventId) {
    return NOTHING;
  }
  const step = new Step(state, host.environment(state.namespaceId));
  return History.encode({ events: transientEvents(step, "") });
}

function waitingToken(run: LoadedRun, nextEventId: number): Uint8Array {
  const { runId } = run.state;
  return HistoryPageToken.encode({ runId, nextEventId, isRunning: true, isWaiting: true });
}

/** Further events of a workflow task, the unwritten ones at the end. */
async function answerRange(
  host: WorkflowHost,
  run: LoadedRun,
  page: TaskHistoryPageToken & { readonly maxBatches: number },
): Promise<Uint8Array> {
  const range = {
    fromEventId: page.nextEventId,
    toEventId: Math.min(page.endEventId, run.state.nextEventId),
    maxEvents: PAGE_EVENTS_MAX,
    maxBatches: page.maxBatches,
  };
  const slice = await readHistory(host.deps.store, run, range);
  if (slice.nextEventId >= range.toEventId) {
    return encodePage(Buffer.concat([slice.events, page.transientEvents]), undefined);
  }
  return encodePage(slice.events, encodeTaskPageToken({ ...page, nextEventId: slice.nextEventId }));
}

function encodePage(events: Uint8Array, nextPageToken: Uint8Array | undefined): Uint8Array {
  const head = GetWorkflowExecutionHistoryResponse.encode({ nextPageToken });
  return encodeWithRaw(head, HISTORY_FIELD, [events]);
}
