export {
  EntityKind,
  type EntityKey,
  type LogEntry,
  type NamespaceRow,
  type QueueKey,
  type RunRow,
  type Snapshot,
  TaskKind,
  type TaskPlace,
  type TaskRow,
  type VisibilityRow,
} from "./records.js";
export type {
  DueRun,
  HistoryChunk,
  Store,
  StoreFacts,
  StoreWrite,
  VisibilityPage,
} from "./store.js";
export type {
  ComparisonOperator,
  VisibilityField,
  VisibilityFilter,
  VisibilityOrder,
  VisibilityQuery,
  VisibilityValue,
} from "./visibility-query.js";
