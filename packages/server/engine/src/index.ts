export {
  type BatchIdentity,
  type BatchPage,
  type BatchState,
  encodeBatch,
  foldBatch,
} from "./batch/batch-state.js";
export {
  batchWakeMs,
  failBatch,
  hasBatchWork,
  isBatchOpen,
  nextOfBatch,
  noteDone,
  notePage,
  startBatch,
  stopBatch,
  wakeBatch,
} from "./batch/batch-steps.js";
export { batchTypeOf, isActivityBatch } from "./batch/batch-type.js";
export {
  AUTO_CREATED,
  changeMetadata,
  createVersion,
  isRegistered,
  type ManagerChange,
  type MetadataChange,
  type NewVersion,
  newDeployment,
  type Registration,
  registerWorker,
  setManager,
} from "./deployment/change-deployment.js";
export type { DeploymentEnvironment } from "./deployment/change-guards.js";
export { conflictToken, isTokenCurrent } from "./deployment/conflict-token.js";
export {
  checkDeletable,
  deleteVersion,
  type VersionDeletion,
} from "./deployment/delete-version.js";
export {
  type DeploymentIdentity,
  type DeploymentState,
  type DeploymentStep,
  deploymentStep,
  encodeDeployment,
  foldDeployment,
  hasQueue,
} from "./deployment/deployment-state.js";
export {
  currentText,
  describedDeployment,
  describedVersion,
  listedDeployment,
  rampingText,
} from "./deployment/deployment-view.js";
export {
  type DrainageLimits,
  isReactivated,
  nextDrainageCheckMs,
  noteDrainage,
  reactivateVersion,
  versionsToCheck,
  wakeDeployment,
} from "./deployment/drainage.js";
export {
  type CurrentChange,
  missingQueues,
  noteMoved,
  type RampChange,
  setCurrent,
  setRamping,
} from "./deployment/route-deployment.js";
export { nextScheduleWakeMs, nominalText } from "./schedule/advance.js";
export { canonicalSpec } from "./schedule/canonical-spec.js";
export {
  createSchedule,
  endSchedule,
  type NewSchedule,
  patchSchedule,
  type ScheduleUpdate,
  updateSchedule,
  wakeSchedule,
} from "./schedule/change-schedule.js";
export {
  type ActionEnd,
  knowsAction,
  noteEnds,
  noteRefresh,
  noteStart,
  noteStop,
} from "./schedule/follow-actions.js";
export { SpecError } from "./schedule/parse-ranges.js";
export {
  encodeSchedule,
  foldSchedule,
  type PendingStart,
  type ScheduleState,
  type ScheduleStop,
} from "./schedule/schedule-state.js";
export { describedSchedule, listedSchedule, matchingTimes } from "./schedule/schedule-view.js";
export { UNVERSIONED_TEXT, type VersionName, versionText } from "./version-name.js";
export { durationMs, timestampMs, toDuration, toTimestamp } from "./wire-time.js";
export {
  type ActivityCancellation,
  type ActivityCompletion,
  type ActivityFailure,
  type ActivityTarget,
  cancelActivity,
  completeActivity,
  failActivity,
  type HeartbeatStep,
  heartbeatActivity,
  isActivityTaskCurrent,
  startActivity,
} from "./workflow/activity.js";
export {
  type ActivityOptionsInput,
  type ActivityPauseInput,
  type ActivityResetInput,
  type ActivitySelector,
  type ActivityUnpauseInput,
  pauseActivities,
  resetActivities,
  unpauseActivities,
  updateActivityOptions,
} from "./workflow/activity-operations.js";
export { type ActivityOptions, maskedFields, optionsOf } from "./workflow/activity-options.js";
export { type AttachInput, attachToRun } from "./workflow/attach.js";
export { BadCommandError, messageOf } from "./workflow/bad-command-error.js";
export { boundedFailure, serverFailure, TOO_LARGE } from "./workflow/bounded-failure.js";
export { type RunCallback, runCallbacks } from "./workflow/callback-progress.js";
export { type CallbackOutcome, recordCallback } from "./workflow/callback-results.js";
export {
  type OptionsChange,
  type OptionsStep,
  updateRunOptions,
} from "./workflow/change-options.js";
export {
  type ChildEnd,
  childStartRequest,
  recordChildEnd,
  recordChildStarted,
  recordChildStartFailed,
  startChild,
  unstartedChild,
} from "./workflow/children.js";
export {
  type CompletionInput,
  completeWorkflowTask,
  type TaskCompletion,
} from "./workflow/complete-task.js";
export { checkCronSchedule } from "./workflow/cron-schedule.js";
export type { EventAttributes } from "./workflow/event-types.js";
export {
  dropFarewell,
  receiveCancel,
  receiveSignal,
  receiveTermination,
  recordCancelDelivery,
  recordSignalDelivery,
  type Sender,
} from "./workflow/external-messages.js";
export type { IsQueueOfVersion } from "./workflow/inherited-version.js";
export { listedSearchAttributes } from "./workflow/listed-attributes.js";
export { loadRun, type StoredRun, snapshotRun } from "./workflow/load-run.js";
export {
  type CancelInput,
  refuseWhileClosing,
  requestCancelRun,
  type SignalInput,
  signalRun,
  type TerminateInput,
  terminateRun,
} from "./workflow/messages.js";
export type { NamespaceDirectory } from "./workflow/namespace-directory.js";
export type { NamespaceRules } from "./workflow/namespace-rules.js";
export type { NexusEnd } from "./workflow/nexus-ends.js";
export { type NexusOperation, nexusOperationOf } from "./workflow/nexus-operation.js";
export {
  completeNexusOperation,
  type NexusAttempt,
  type NexusCancelOutcome,
  type NexusCompletion,
  type NexusStartOutcome,
  recordNexusCancel,
  recordNexusStart,
} from "./workflow/nexus-results.js";
export { invalidOptionsPath } from "./workflow/options-paths.js";
export {
  hasOutboundCalls,
  type OutboundCall,
  outboundCalls,
} from "./workflow/outbound-calls.js";
export { type PauseInput, pauseRun, unpauseRun } from "./workflow/pause-run.js";
export { attributePayload } from "./workflow/payload-fields.js";
export { isLargerThan } from "./workflow/payload-size.js";
export { type Child, type OutboxMessage, REPORT_KEY } from "./workflow/peers.js";
export { reportTaskFailure, type TaskFailureInput } from "./workflow/report-task-failure.js";
export { toResetPoints } from "./workflow/reset-points.js";
export {
  markReset,
  type ResetInput,
  type ResetStep,
  resetRun,
  terminateForReset,
} from "./workflow/reset-run.js";
export { checkDuration, checkRetryPolicy, withRetryDefaults } from "./workflow/retry-policy.js";
export { callbacksOf } from "./workflow/run-chain.js";
export { DEFAULT_RUN_LIMITS, type RunLimits } from "./workflow/run-limits.js";
export {
  type Activity,
  activityOf,
  executionTimeoutAtMs,
  hasStartedTask,
  isOpen,
  isPaused,
  priorityOfRun,
  type RunIdentity,
  type RunState,
  runTimeoutAtMs,
  taskQueueName,
  versioningOverrideOf,
} from "./workflow/run-state.js";
export {
  effectiveBehavior,
  effectiveVersion,
  overrideTarget,
  taskDirective,
} from "./workflow/run-versioning.js";
export {
  ATTRIBUTE_TYPE_NAMES,
  type AttributeSchema,
  checkAttributeNames,
  checkAttributeSizes,
  PREDEFINED_ATTRIBUTES,
  SYSTEM_ATTRIBUTES,
  typedSearchAttributes,
} from "./workflow/search-attributes.js";
export { type StartInput, startRun } from "./workflow/start-run.js";
export {
  type ClaimedTask,
  type LogRecord,
  type NexusEndpointDirectory,
  type RunStep,
  Step,
  type StepEnvironment,
  type StepWithSuccessor,
  type TaskClaim,
  type TaskOffer,
} from "./workflow/step.js";
export type { TaskDirective } from "./workflow/task-directive.js";
export { checkQueueName, checkUserQueueName } from "./workflow/task-queue-name.js";
export {
  isFinal,
  UNFINISHED_OUTCOME,
  type UpdateAbortReason,
  type UpdateNotice,
  type UpdateStatus,
  updateStatus,
} from "./workflow/update-notices.js";
export {
  admitUpdate,
  forgetUpdates,
  loseSpeculativeTask,
  taskMessages,
  type UpdateInput,
} from "./workflow/updates.js";
export { isInTransition, moveForActivity } from "./workflow/version-transition.js";
export { nextWakeMs, wakeRun } from "./workflow/wake.js";
export type { StartVersioning } from "./workflow/worker-version.js";
export {
  isWorkflowTaskCurrent,
  offerOf,
  priorityOf,
  resetSticky,
  startWorkflowTask,
  type TaskProof,
  type TaskStart,
  transientEvents,
} from "./workflow/workflow-task.js";
export { capDuration, runTimeoutMs, taskTimeoutMs } from "./workflow/workflow-timeouts.js";
