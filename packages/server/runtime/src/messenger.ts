import type { OutboxMessage } from "@perdure/engine";
import { invariant, unreachable } from "@perdure/kernel";
import type { LoadedRun } from "./loaded-run.js";
import { hasMessages, messagesOf } from "./outbox.js";
import { Posting } from "./posting.js";
import { reportEnd, sendChildEnd, sendChildStart } from "./send-child-messages.js";
import { sendCancel, sendSignal } from "./send-external-messages.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/**
 * Delivers what runs send to each other. The receiver's step and the note at the sender that the
 * message arrived are put into one batch, so a crash leaves both or none and the message has its
 * effect once. What could not be delivered stays in the sender's outbox and is tried again.
 */
export class Messenger {
  readonly #host: WorkflowHost;

  constructor(host: WorkflowHost) {
    this.#host = host;
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
