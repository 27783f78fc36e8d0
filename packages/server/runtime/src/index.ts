export { describeRun, executionInfo } from "./describe-run.js";
export type { Dispatch, Dispatcher, PollerInfo, TakenPoller, TransientTask } from "./dispatch.js";
export { type CommitOwner, type CommitTicket, GroupCommitter } from "./group-committer.js";
export type { HistoryQuestion } from "./history-reader.js";
export {
  type QueryQuestion,
  type QueryReply,
  QueryService,
  type QueryTaskResult,
} from "./query-service.js";
export { type NamespaceRetention, RetentionSweeper } from "./retention.js";
export type { ReverseHistoryQuestion } from "./reverse-history-reader.js";
export { startRequestId } from "./start-policy.js";
export { startQueuedTask } from "./task-dispatch.js";
export { decodeTaskToken } from "./task-token.js";
export { type UpdateReply, UpdateService, type UpdateWait } from "./update-service.js";
export {
  type UpdateWithStart,
  type UpdateWithStartReply,
  UpdateWithStartService,
} from "./update-with-start.js";
export { type HostDeps, WorkflowHost } from "./workflow-host.js";
export {
  type ActivityPlace,
  type RunTarget,
  type StartCommand,
  type StartReply,
  WorkflowService,
} from "./workflow-service.js";
