import type { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";

/** What namespaces lay down for their runs. */
export interface NamespaceRules {
  /** How long closed runs are kept, milliseconds; `undefined` when nobody knows. */
  retentionMsOf(namespaceId: string): number | undefined;
  /** Types of the search attributes that were added to the namespace, by name. */
  searchAttributesOf(namespaceId: string): ReadonlyMap<string, IndexedValueType>;
}
