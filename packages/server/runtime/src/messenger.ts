import type { OutboxMessage } from "@perdure/engine";
import { DomainError, invariant, unreachable } from "@perdure/kernel";
import type { LoadedRun } from "./loaded-run.js";
import { hasMessages, messagesOf } from "./outbox.js";
import { Posting } from "./posting.js";
import { reportEnd, sendChildEnd, sendChildStart } from "./send-child-messages.js";
import { sendCancel, sendSignal } from "./send-external-messages.js";
import type { WakeTarget } from "./waker.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** What the messenger needs for what can't be delivered at once. */
export interface SendLater {
  wakeLater(target: WakeTarget): void;
  isStopped(): boolean;
}

/** How long a message that could not be delivered waits. */
const SEND_RETRY_MS = 250;

/**
 * Delivers what runs send to each other. The receiver's step and the note at the sender that the
 * message arrived are put into one batch, so a crash leaves both or none and the message has its
 * effect once. What could not be delivered stays in the sender's outbox and is tried again.
 */
export class Messenger {
  readonly #host: WorkflowHost;
  readonly #later: SendLater;

  constructor(host: WorkflowHost, later: SendLater) {
    this.#host = host;
    this.#later = later;
  }

  /** Delivers the messages of a run, unless that is under way. What fails is tried again. */
  send(slot: WorkflowSlot, run: LoadedRun): void {
    if (run.isSending || this.#later.isStopped()) return;
    run.isSending = true;
    slot.hold();
    this.deliverAll(slot, run)
      .catch((error: unknown) => {
        const isExpected = error instanceof DomainError;
        const { workflowId, runId } = run.state;
        const fields = { error, workflowId, runId };
        const message = "A message to another workflow could not be delivered; it is tried again";
        this.#host.deps.logger.log(isExpected ? "debug" : "error", message, fields);
      })
      .finally(() => {
        run.isSending = false;
        slot.release();
        this.sendLater(run);
      });
  }

  /** Has another look at a run that may have messages, as it is stored by then. */
  sendLater(run: LoadedRun): void {
    if (!hasMessages(run.state) || this.#later.isStopped()) return;
    const { namespaceId, workflowId, runId } = run.state;
    const atMs = this.#host.deps.clock.nowMs() + SEND_RETRY_MS;
    this.#later.wakeLater({ namespaceId, businessId: workflowId, runId, atMs });
  }

  /**
   * Delivers every message of a run, one after another. The caller keeps the run in memory.
   *
   * @throws {DomainError} A message could not be delivered for the moment.
   */
  async deliverAll(slot: WorkflowSlot, run: LoadedRun): Promise<void> {
    while (hasMessages(run.state)) {
      for (const [key, message] of messagesOf(run.state)) {
        // What was delivered since may have taken it back: the end of the run, for example.
        if (run.state.peers.outbox.get(key) !== message) continue;
        const posting = new Posting(this.#host, { slot, run, key });
        await deliver(posting, message);
        if (!posting.isLoaded) return;
        const isLeft = run.state.peers.outbox.get(key) === message;
        invariant(!isLeft, "A delivered message leaves the outbox");
      }
    }
  }
}

function deliver(posting: Posting, message: OutboxMessage): Promise<void> {
  switch (message.kind) {
    case "startChild":
      return sendChildStart(posting);
    case "signal":
      return sendSignal(posting, message.attributes);
    case "cancel":
      return sendCancel(posting, message.attributes);
    case "endChild":
      return sendChildEnd(posting, message.farewell);
    case "reportEnd":
      return reportEnd(posting);
    default:
      return unreachable(message);
  }
}
