import type { AttributeSchema } from "./search-attributes.js";

/** What namespaces lay down for their runs. */
export interface NamespaceRules {
  /** How long closed runs are kept, milliseconds; `undefined` when nobody knows. */
  retentionMsOf(namespaceId: string): number | undefined;
  /** What search attributes the namespace has; when nobody knows, any are taken as they come. */
  attributeSchemaOf(namespaceId: string): AttributeSchema | undefined;
}
