import { invariant } from "@perdure/kernel";
import type {
  NexusOperationSnapshot,
  NexusOperationSnapshotInit,
} from "@perdure/proto/perdure/internal/v1";
import { Map as PersistentMap } from "immutable";
import { timestampMs, toTimestamp } from "../wire-time.js";
import { type NexusOperation, newNexusOperation } from "./nexus-operation.js";
import type { Uncommon } from "./uncommon.js";

/** What a snapshot keeps of pending Nexus operations. */
export function snapshotNexusOperations(
  operations: Uncommon["nexusOperations"],
): NexusOperationSnapshotInit[] {
  return operations.valueSeq().map(snapshotOperation).toArray();
}

function snapshotOperation(operation: NexusOperation): NexusOperationSnapshotInit {
  const { scheduledEventId, scheduled: value, scheduledTimeMs, progress } = operation;
  const attributes = { kind: "nexusOperationScheduledEventAttributes", value } as const;
  const eventId = BigInt(scheduledEventId);
  return { scheduled: { eventId, eventTime: toTimestamp(scheduledTimeMs), attributes }, progress };
}

/** Restores what `snapshotNexusOperations` kept. */
export function restoreNexusOperations(
  stored: readonly NexusOperationSnapshot[],
): Uncommon["nexusOperations"] {
  return PersistentMap(
    stored.map(({ scheduled, progress }) => {
      const attributes = scheduled?.attributes;
      invariant(
        attributes?.kind === "nexusOperationScheduledEventAttributes",
        "A snapshot keeps an operation's scheduled event",
      );
      const eventId = Number(scheduled?.eventId ?? 0n);
      const place = { eventId, timeMs: timestampMs(scheduled?.eventTime) };
      const operation = newNexusOperation(attributes.value, place);
      return [eventId, { ...operation, progress: progress ?? operation.progress }];
    }),
  );
}
