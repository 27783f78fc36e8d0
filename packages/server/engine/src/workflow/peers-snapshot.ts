import type {
  ChildSnapshotInit,
  Farewell,
  PeersSnapshot,
  PeersSnapshotInit,
} from "@perdure/proto/perdure/internal/v1";
import type { HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import { applyPeerEvent, type Child, NO_PEERS, type Peers, post, REPORT_KEY } from "./peers.js";

/** What a snapshot keeps of a run's dealings with others; `undefined` when it has none. */
export function snapshotPeers(peers: Peers): PeersSnapshotInit | undefined {
  if (peers.children.isEmpty() && peers.outbox.isEmpty()) return undefined;
  const messages: HistoryEventInit[] = [];
  const farewells: Farewell[] = [];
  for (const [key, message] of peers.outbox) {
    const eventId = BigInt(key);
    switch (message.kind) {
      case "signal": {
        const kind = "signalExternalWorkflowExecutionInitiatedEventAttributes";
        messages.push({ eventId, attributes: { kind, value: message.attributes } });
        break;
      }
      case "cancel": {
        const kind = "requestCancelExternalWorkflowExecutionInitiatedEventAttributes";
        messages.push({ eventId, attributes: { kind, value: message.attributes } });
        break;
      }
      case "endChild":
        farewells.push(message.farewell);
        break;
      case "reportEnd":
        farewells.push(REPORT);
        break;
      case "startChild": // Follows from the children.
    }
  }
  const children = peers.children.valueSeq().map(snapshotChild).toArray();
  return { children, messages, farewells };
}

const REPORT: Farewell = {
  key: REPORT_KEY,
  parentClosePolicy: 0,
  namespaceId: "",
  workflowId: "",
  firstRunId: "",
};

/** What a snapshot keeps of a child. */
export function snapshotChild(child: Child): ChildSnapshotInit {
  const { initiatedEventId, initiated, userMetadata, startedEventId, startedRunId } = child;
  const kind = "startChildWorkflowExecutionInitiatedEventAttributes";
  return {
    initiated: {
      eventId: BigInt(initiatedEventId),
      attributes: { kind, value: initiated },
      userMetadata,
    },
    startedEventId,
    startedRunId,
  };
}

/** Restores what `snapshotPeers` kept. */
export function restorePeers(snapshot: PeersSnapshot | undefined): Peers {
  let peers = NO_PEERS;
  if (snapshot === undefined) return peers;
  for (const { initiated, startedEventId, startedRunId } of snapshot.children) {
    if (initiated === undefined) continue;
    peers = applyPeerEvent(peers, initiated);
    if (startedRunId === "") continue;
    const started = { startedEventId, startedRunId };
    peers = restoreStart(peers, Number(initiated.eventId), started);
  }
  for (const event of snapshot.messages) peers = applyPeerEvent(peers, event);
  for (const farewell of snapshot.farewells) {
    const isReport = farewell.key === REPORT_KEY;
    peers = post(
      peers,
      farewell.key,
      isReport ? { kind: "reportEnd" } : { kind: "endChild", farewell },
    );
  }
  return peers;
}

function restoreStart(
  peers: Peers,
  initiatedEventId: number,
  started: { readonly startedEventId: number; readonly startedRunId: string },
): Peers {
  const value = {
    initiatedEventId: BigInt(initiatedEventId),
    workflowExecution: { runId: started.startedRunId },
  };
  const kind = "childWorkflowExecutionStartedEventAttributes" as const;
  const eventId = BigInt(started.startedEventId);
  return applyPeerEvent(peers, { eventId, attributes: { kind, value } });
}
