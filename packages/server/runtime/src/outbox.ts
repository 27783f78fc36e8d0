import { hasOutboundCalls, type OutboxMessage, type RunState } from "@perdure/engine";

/**
 * The wake-up of a run with undelivered messages: at once. It is stored with the messages, so the
 * next look at due runs finds them, whatever happens to the process meanwhile.
 */
export const OUTBOX_WAKE_MS = 0;

/** Whether the run has messages that were not delivered. */
export function hasMessages(state: RunState): boolean {
  return state.peers.outbox.size > 0;
}

/** Whether the run has anything that is to be sent at once: messages, or calls. */
export function hasOutbound(state: RunState): boolean {
  return hasMessages(state) || hasOutboundCalls(state);
}

/** Undelivered messages in the order in which their causes came. */
export function messagesOf(state: RunState): readonly (readonly [number, OutboxMessage])[] {
  return state.peers.outbox
    .entrySeq()
    .toArray()
    .sort(([one], [other]) => one - other);
}
