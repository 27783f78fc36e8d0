import { History, type HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type { LogRecord } from "./step.js";

/** The part of a history that a reset run takes over. */
export interface HistoryHead {
  readonly records: readonly LogRecord[];
  /**
   * Whether the last event was written together with the one after it. The official server always
   * writes the start of a workflow task by itself, so that is a boundary on either side.
   */
  readonly isWithinBatch: boolean;
}

/** The events of a history up to `lastEventId`, without what was stored beside events. */
export function headOfHistory(history: readonly LogRecord[], lastEventId: number): HistoryHead {
  const records: LogRecord[] = [];
  let isWithinBatch = false;
  for (const { firstEventId, eventCount, events } of history) {
    if (firstEventId > lastEventId) break;
    if (eventCount === 0) continue;
    const taken = Math.min(eventCount, lastEventId - firstEventId + 1);
    if (taken === eventCount) {
      records.push({ firstEventId, eventCount, events, delta: NOTHING });
      continue;
    }
    const decoded = History.decode(events).events;
    isWithinBatch = !isTaskStarted(decoded[taken - 1]) && !isTaskStarted(decoded[taken]);
    const head = History.encode({ events: decoded.slice(0, taken) });
    records.push({ firstEventId, eventCount: taken, events: head, delta: NOTHING });
  }
  return { records, isWithinBatch };
}

const NOTHING = new Uint8Array(0);

function isTaskStarted(event: HistoryEvent | undefined): boolean {
  return event?.attributes?.kind === "workflowTaskStartedEventAttributes";
}

/** The events of a history after `lastEventId`. */
export function* tailOfHistory(
  history: readonly LogRecord[],
  lastEventId: number,
): Iterable<HistoryEvent> {
  for (const { firstEventId, eventCount, events } of history) {
    if (firstEventId + eventCount - 1 <= lastEventId) continue;
    for (const event of History.decode(events).events) {
      if (Number(event.eventId) > lastEventId) yield event;
    }
  }
}
