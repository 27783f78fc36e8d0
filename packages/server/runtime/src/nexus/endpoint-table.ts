import { EntityKind } from "@perdure/persistence";
import {
  NexusEndpointChange,
  type NexusEndpointEntry,
  NexusEndpointTable,
} from "@perdure/proto/perdure/internal/v1";
import type { EntityIdentity, EntityLogic, EntityStep } from "../entities/entity-logic.js";

/** All Nexus endpoints by ID: one small entity, since every server needs to know all of them. */
export type EndpointTable = ReadonlyMap<string, NexusEndpointEntry>;

/** The one table there is; it belongs to no namespace. */
export const ENDPOINT_TABLE: EntityIdentity = {
  namespaceId: "00000000-0000-0000-0000-000000000000",
  id: "nexus-endpoints",
  runId: "00000000-0000-0000-0000-000000000001",
};

/** Applies a change to the table. */
export function stepEndpoints(
  table: EndpointTable,
  change: { readonly put?: NexusEndpointEntry; readonly removedId?: string },
): EntityStep<EndpointTable> {
  const record = NexusEndpointChange.encode(change);
  const next = fold(table, NexusEndpointChange.decode(record));
  return { next, record, isListChanged: false, offers: [] };
}

function fold(table: EndpointTable, { put, removedId }: NexusEndpointChange): EndpointTable {
  const next = new Map(table);
  next.delete(removedId);
  if (put !== undefined) next.set(put.id, put);
  return next;
}

/** How the table is stored. */
export const ENDPOINT_TABLE_LOGIC: EntityLogic<EndpointTable> = {
  kind: EntityKind.NEXUS_ENDPOINT,
  fold: (table, record) => fold(table ?? new Map(), NexusEndpointChange.decode(record)),
  encodeSnapshot: (table) => NexusEndpointTable.encode({ entries: [...table.values()] }),
  decodeSnapshot: (data) =>
    new Map(NexusEndpointTable.decode(data).entries.map((entry) => [entry.id, entry])),
  isOpen: () => true,
  wakeAtMs: () => undefined,
  wake: () => undefined,
};
