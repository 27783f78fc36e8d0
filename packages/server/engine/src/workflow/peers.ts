import type { Farewell } from "@perdure/proto/perdure/internal/v1";
import { ParentClosePolicy } from "@perdure/proto/temporal/api/enums/v1";
import type {
  HistoryEventInit,
  RequestCancelExternalWorkflowExecutionInitiatedEventAttributesInit,
  SignalExternalWorkflowExecutionInitiatedEventAttributesInit,
  StartChildWorkflowExecutionInitiatedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { Map as PersistentMap } from "immutable";

/** A child whose end the run has not learnt. */
export interface Child {
  readonly initiatedEventId: number;
  /** Without what only its start needs once the child has started. */
  readonly initiated: StartChildWorkflowExecutionInitiatedEventAttributesInit;
  readonly userMetadata: UserMetadataInit | undefined;
  /** 0 until the child has started and the event of that has its ID. */
  readonly startedEventId: number;
  /** First run of the child's chain; empty until it has started. */
  readonly startedRunId: string;
}

/** Something that a run tells another one. It stays until it was delivered. */
export type OutboxMessage =
  | { readonly kind: "startChild" }
  | {
      readonly kind: "signal";
      readonly attributes: SignalExternalWorkflowExecutionInitiatedEventAttributesInit;
    }
  | {
      readonly kind: "cancel";
      readonly attributes: RequestCancelExternalWorkflowExecutionInitiatedEventAttributesInit;
    }
  /** The run has closed and this is left of a child. */
  | { readonly kind: "endChild"; readonly farewell: Farewell }
  /** The run has closed and its parent learns how. */
  | { readonly kind: "reportEnd" };

/** What a run has to do with other runs. */
export interface Peers {
  /** By the ID of the initiated event. */
  readonly children: PersistentMap<number, Child>;
  /**
   * By the ID of the initiated event; `REPORT_KEY` for the report to the run's parent. It is
   * folded from events like everything else, so a message is stored by the commit that causes it.
   */
  readonly outbox: PersistentMap<number, OutboxMessage>;
  readonly pendingSignalCount: number;
  readonly pendingCancelCount: number;
}

/** Key of the message that tells a parent of the run's end: no initiated event has this ID. */
export const REPORT_KEY = 0;

/** Of a run that has nothing to do with others. */
export const NO_PEERS: Peers = {
  children: PersistentMap(),
  outbox: PersistentMap(),
  pendingSignalCount: 0,
  pendingCancelCount: 0,
};

/**
 * Folds an event that concerns other runs; any other changes nothing. An event that waited in the
 * buffer comes twice, the second time with its ID.
 */
export function applyPeerEvent(peers: Peers, event: HistoryEventInit): Peers {
  const eventId = Number(event.eventId ?? 0n);
  const attributes = event.attributes;
  switch (attributes?.kind) {
    case "startChildWorkflowExecutionInitiatedEventAttributes": {
      const child = {
        initiatedEventId: eventId,
        initiated: attributes.value,
        userMetadata: event.userMetadata,
        startedEventId: 0,
        startedRunId: "",
      };
      const children = peers.children.set(eventId, child);
      return post({ ...peers, children }, eventId, { kind: "startChild" });
    }
    case "signalExternalWorkflowExecutionInitiatedEventAttributes":
      return post(peers, eventId, { kind: "signal", attributes: attributes.value });
    case "requestCancelExternalWorkflowExecutionInitiatedEventAttributes":
      return post(peers, eventId, { kind: "cancel", attributes: attributes.value });
    case "childWorkflowExecutionStartedEventAttributes":
      return childStarted(peers, eventId, attributes.value);
    default:
      return applyOutcome(peers, attributes);
  }
}

function applyOutcome(peers: Peers, attributes: HistoryEventInit["attributes"]): Peers {
  switch (attributes?.kind) {
    case "externalWorkflowExecutionSignaledEventAttributes":
    case "signalExternalWorkflowExecutionFailedEventAttributes":
    case "externalWorkflowExecutionCancelRequestedEventAttributes":
    case "requestCancelExternalWorkflowExecutionFailedEventAttributes":
      return withoutMessage(peers, Number(attributes.value.initiatedEventId ?? 0n));
    case "startChildWorkflowExecutionFailedEventAttributes":
    case "childWorkflowExecutionCompletedEventAttributes":
    case "childWorkflowExecutionFailedEventAttributes":
    case "childWorkflowExecutionCanceledEventAttributes":
    case "childWorkflowExecutionTimedOutEventAttributes":
    case "childWorkflowExecutionTerminatedEventAttributes": {
      const initiatedEventId = Number(attributes.value.initiatedEventId ?? 0n);
      const children = peers.children.delete(initiatedEventId);
      return withoutMessage({ ...peers, children }, initiatedEventId);
    }
    default:
      return peers;
  }
}

/** Adds a message. */
export function post(peers: Peers, key: number, message: OutboxMessage): Peers {
  return count({ ...peers, outbox: peers.outbox.set(key, message) }, message, 1);
}

/** Takes a message out, because it was delivered or never can be. */
export function withoutMessage(peers: Peers, key: number): Peers {
  const message = peers.outbox.get(key);
  if (message === undefined) return peers;
  return count({ ...peers, outbox: peers.outbox.delete(key) }, message, -1);
}

function count(peers: Peers, message: OutboxMessage, change: number): Peers {
  if (message.kind === "signal") {
    return { ...peers, pendingSignalCount: peers.pendingSignalCount + change };
  }
  if (message.kind === "cancel") {
    return { ...peers, pendingCancelCount: peers.pendingCancelCount + change };
  }
  return peers;
}

function childStarted(
  peers: Peers,
  startedEventId: number,
  started: {
    readonly initiatedEventId?: bigint | undefined;
    readonly workflowExecution?: { readonly runId?: string | undefined } | undefined;
  },
): Peers {
  const initiatedEventId = Number(started.initiatedEventId ?? 0n);
  const child = peers.children.get(initiatedEventId);
  if (child === undefined) return peers;
  const { namespace, namespaceId, workflowId, workflowType, parentClosePolicy } = child.initiated;
  const children = peers.children.set(initiatedEventId, {
    initiatedEventId,
    initiated: { namespace, namespaceId, workflowId, workflowType, parentClosePolicy },
    userMetadata: undefined,
    startedEventId,
    startedRunId: started.workflowExecution?.runId ?? "",
  });
  return withoutMessage({ ...peers, children }, initiatedEventId);
}

/**
 * What is left when the run closes: children that started are ended as their policy says unless
 * a reset run takes them over, the parent learns of the end of a chain. Whatever was not delivered
 * by then never is.
 *
 * Source: histories of the reference server, `conformance/differential`.
 */
export function closePeers(
  peers: Peers,
  closed: { readonly isParentTold: boolean; readonly areChildrenKept: boolean },
): Peers {
  let left = NO_PEERS;
  for (const child of closed.areChildrenKept ? [] : peers.children.values()) {
    const farewell = farewellOf(child);
    if (farewell !== undefined) left = post(left, farewell.key, { kind: "endChild", farewell });
  }
  return closed.isParentTold ? post(left, REPORT_KEY, { kind: "reportEnd" }) : left;
}

function farewellOf(child: Child): Farewell | undefined {
  const { namespaceId = "", workflowId = "", parentClosePolicy } = child.initiated;
  if (child.startedRunId === "" || parentClosePolicy === ParentClosePolicy.ABANDON) {
    return undefined;
  }
  return {
    key: child.initiatedEventId,
    parentClosePolicy: parentClosePolicy ?? ParentClosePolicy.TERMINATE,
    namespaceId,
    workflowId,
    firstRunId: child.startedRunId,
  };
}
