export { ActivityOperations } from "./activity-operations.js";
export type { BatchRequest, BatchTargets } from "./batches/batch-effects.js";
export { Batches, type BatchTarget } from "./batches/batch-kind.js";
export { DEPLOYMENT_SUMMARY_FIELD } from "./deployments/deployment-logic.js";
export type { DeploymentChange, DeploymentTarget } from "./deployments/deployment-steps.js";
export { Deployments, type RoutingRequest } from "./deployments/deployments.js";
export { describeRun, executionInfo } from "./describe-run.js";
export type { Dispatch, Dispatcher, PollerInfo, TakenPoller, TransientTask } from "./dispatch.js";
export { EntityHost, type EntityTarget } from "./entities/entity-host.js";
export type {
  EntityEffects,
  EntityEnvironment,
  EntityIdentity,
  EntityLogic,
  EntityOffer,
  EntityStep,
  MakeEntityStep,
} from "./entities/entity-logic.js";
export type { EntityHostDeps } from "./entities/entity-stepper.js";
export { type CommitOwner, type CommitTicket, GroupCommitter } from "./group-committer.js";
export type { HistoryQuestion } from "./history-reader.js";
export { type HostedKind, HostedKinds } from "./hosted-kinds.js";
export {
  NamespaceReclaimer,
  type ReclaimedKind,
  type ReclaimerDeps,
} from "./namespace-reclaimer.js";
export { callError } from "./nexus/call-outcomes.js";
export {
  COMPLETION_TOKEN_HEADER,
  decodeCompletionToken,
} from "./nexus/completion-token.js";
export {
  handlerFailure,
  isRetryableHandlerFailure,
  type NexusHttp,
  type NexusHttpCall,
  type NexusHttpCompletion,
  type NexusHttpStart,
  type NexusTaskOutcome,
  sentPayload,
} from "./nexus/nexus-call.js";
export type { SentCompletion } from "./nexus/nexus-completions.js";
export { NexusEndpoints } from "./nexus/nexus-endpoints.js";
export { fromNexusLinks } from "./nexus/nexus-links.js";
export { NexusService } from "./nexus/nexus-service.js";
export { decodeNexusTaskToken, NexusTasks } from "./nexus/nexus-tasks.js";
export {
  type QueryQuestion,
  type QueryReply,
  QueryService,
  type QueryTaskResult,
} from "./query-service.js";
export type { ResetCommand } from "./reset-workflow.js";
export { type NamespaceRetention, type RetainedKind, RetentionSweeper } from "./retention.js";
export type { ReverseHistoryQuestion } from "./reverse-history-reader.js";
export { DeploymentDirectory } from "./routing/deployment-directory.js";
export { TaskRouter } from "./routing/task-router.js";
export { versionedQueue } from "./routing/versioned-queue.js";
export { RunControlService } from "./run-control-service.js";
export type { PrepareStart } from "./schedules/schedule-effects.js";
export { SCHEDULE_INFO_FIELD, Schedules, type ScheduleTarget } from "./schedules/schedule-kind.js";
export { startRequestId } from "./start-policy.js";
export type { RunTarget } from "./step-run.js";
export { StoreNumbers } from "./store-numbers.js";
export { decodeQueryToken, decodeTaskToken } from "./task-token.js";
export { TimeSkippingService } from "./time-skipping.js";
export { type UpdateReply, UpdateService, type UpdateWait } from "./update-service.js";
export {
  type UpdateWithStart,
  type UpdateWithStartReply,
  UpdateWithStartService,
} from "./update-with-start.js";
export type { Waker, Wakers, WakeTarget } from "./waker.js";
export { type HostDeps, WorkflowHost } from "./workflow-host.js";
export {
  type ActivityPlace,
  type HeartbeatReply,
  type StartCommand,
  type StartReply,
  WorkflowService,
} from "./workflow-service.js";
