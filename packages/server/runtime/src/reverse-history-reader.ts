import { InvalidArgumentError } from "@perdure/kernel";
import type { HistoryChunk } from "@perdure/persistence";
import { HistoryPageToken } from "@perdure/proto/perdure/internal/v1";
import { GetWorkflowExecutionHistoryReverseResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import { readPageToken } from "./history-page-token.js";
import { PAGE_EVENTS_MAX } from "./history-reader.js";
import { PAGE_BYTES_MAX, reversedEvents, sliceHistory } from "./history-slice.js";
import type { LoadedRun } from "./loaded-run.js";
import { readChunks } from "./read-history.js";
import type { WorkflowHost } from "./workflow-host.js";

export interface ReverseHistoryQuestion {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
  /** Most batches of the answer: events that one step wrote are not torn apart. */
  readonly maxBatches: number;
  readonly pageToken: Uint8Array;
}

/** Number of the field `history` of `GetWorkflowExecutionHistoryReverseResponse`. */
const HISTORY_FIELD = 1;

/**
 * Answers `GetWorkflowExecutionHistoryReverse`: an encoded response, the youngest event first.
 *
 * @throws {NotFoundError} No such run.
 * @throws {InvalidArgumentError} The page token is none of ours, or of another run.
 */
export async function answerReverseHistory(
  host: WorkflowHost,
  question: ReverseHistoryQuestion,
): Promise<Uint8Array> {
  const token = readPageToken(question.pageToken);
  if (token !== undefined && question.runId !== "" && token.runId !== question.runId) {
    throw new InvalidArgumentError("RunId in the request does not match the NextPageToken.");
  }
  const slot = host.slot(question.namespaceId, question.workflowId);
  const run = await slot.run(token?.runId ?? question.runId);
  await run.lastTicket?.durable;
  const { nextEventId } = run.durableState;
  const toEventId = token === undefined ? nextEventId : Math.min(token.endEventId, nextEventId);
  const chunks = await readBackwards(host, run, { toEventId, maxBatches: question.maxBatches });
  const fromEventId = chunks.at(-1)?.firstEventId ?? 1;
  const nextPageToken =
    fromEventId <= 1
      ? undefined
      : HistoryPageToken.encode({
          runId: run.state.runId,
          nextEventId: 1,
          endEventId: fromEventId,
        });
  const head = GetWorkflowExecutionHistoryReverseResponse.encode({ nextPageToken });
  const parts = chunks.flatMap((chunk) => reversedEvents(chunk.events));
  return encodeWithRaw(head, HISTORY_FIELD, [Buffer.concat(parts)]);
}

/** The chunks that end before `toEventId`, youngest first, as many as make one page. */
async function readBackwards(
  host: WorkflowHost,
  run: LoadedRun,
  page: { readonly toEventId: number; readonly maxBatches: number },
): Promise<readonly HistoryChunk[]> {
  const found: HistoryChunk[] = [];
  let { toEventId } = page;
  let sizeBytes = 0;
  while (toEventId > 1) {
    // As many events as batches are wanted: each batch has one or more.
    const fromEventId = Math.max(1, toEventId - (page.maxBatches - found.length));
    const range = { fromEventId, toEventId, maxEvents: PAGE_EVENTS_MAX };
    const chunks = await readChunks(host.deps.store, run, range);
    for (const chunk of [...chunks].reverse()) {
      found.push(cutBefore(chunk, toEventId));
      toEventId = chunk.firstEventId;
      sizeBytes += chunk.events.length;
      if (found.length >= page.maxBatches || sizeBytes >= PAGE_BYTES_MAX) return found;
    }
    if (chunks.length === 0) break;
  }
  return found;
}

/** A chunk without the events from `toEventId` on. */
function cutBefore(chunk: HistoryChunk, toEventId: number): HistoryChunk {
  const eventCount = toEventId - chunk.firstEventId;
  if (chunk.eventCount <= eventCount) return chunk;
  const range = { fromEventId: chunk.firstEventId, toEventId, maxEvents: eventCount };
  const { events } = sliceHistory([chunk], range);
  return { ...chunk, eventCount, events };
}
