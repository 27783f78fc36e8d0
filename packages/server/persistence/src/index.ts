export { newClusterId } from "./cluster-id.js";
export { compareText } from "./compare-text.js";
export { MemoryDisk } from "./memory-disk.js";
export { MemoryStore, type MemoryStoreOptions } from "./memory-store.js";
export {
  type EntityKey,
  EntityKind,
  type LogEntry,
  listIdOf,
  type NamespaceRow,
  type QueueKey,
  type RunRow,
  type RunSaving,
  type Snapshot,
  type StoredRun,
  TaskKind,
  type TaskPlace,
  type TaskRow,
  type VisibilityRow,
} from "./records.js";
export { attributeValues, isSetColumn, isTextColumn } from "./search-attribute-values.js";
export { searchableText } from "./searchable-text.js";
export type {
  DueRun,
  HistoryChunk,
  StatusCount,
  Store,
  StoreFacts,
  StoreWrite,
  VisibilityPage,
} from "./store.js";
export { type CommitFate, randomStoreFaults, type StoreFaults } from "./store-faults.js";
export { parseTimeMs } from "./time-text.js";
export { decodeVisibilityCursor, encodeVisibilityCursor } from "./visibility-cursor.js";
export { matchesVisibility } from "./visibility-match.js";
export type {
  ComparisonOperator,
  SearchAttributeField,
  VisibilityColumn,
  VisibilityField,
  VisibilityFilter,
  VisibilityOrder,
  VisibilityQuery,
  VisibilityValue,
} from "./visibility-query.js";
export {
  fullVisibilityOrder,
  type VisibilityPlace,
  visibilityPlace,
} from "./visibility-value.js";
