import type { ScenarioDefinition } from "../scenario.js";
import { activityScenarios } from "./activities.js";
import { activityExecutionOperationScenarios } from "./activity-execution-operations.js";
import { activityOptionScenarios } from "./activity-options.js";
import { activityPauseScenarios } from "./activity-pauses.js";
import { activityResetScenarios } from "./activity-resets.js";
import { badCommandScenarios } from "./bad-commands.js";
import { batchScenarios } from "./batches.js";
import { buildIdScenarios } from "./build-ids.js";
import { childPolicyScenarios } from "./child-policies.js";
import { childScenarios } from "./children.js";
import { closedPendingScenarios } from "./closed-pending.js";
import { continueAsNewScenarios } from "./continue-as-new.js";
import { cronScenarios } from "./cron.js";
import { deleteScenarios } from "./delete.js";
import { deploymentErrorScenarios } from "./deployment-errors.js";
import { deploymentScenarios } from "./deployments.js";
import { describeScenarios } from "./describe.js";
import { eagerActivityScenarios } from "./eager-activities.js";
import { externalScenarios } from "./external.js";
import { historyLimitScenarios } from "./history-limits.js";
import { historyReadScenarios } from "./history-reads.js";
import { httpApiScenarios } from "./http-api.js";
import { idPolicyScenarios } from "./id-policies.js";
import { limitScenarios } from "./limits.js";
import { listFilterScenarios } from "./list-filters.js";
import { listPageScenarios } from "./list-pages.js";
import { messageScenarios } from "./messages.js";
import { namespaceScenarios } from "./namespaces.js";
import { nexusCallbackScenarios } from "./nexus-callbacks.js";
import { nexusEndpointScenarios } from "./nexus-endpoints.js";
import { nexusOperationScenarios } from "./nexus-operations.js";
import { operatorScenarios } from "./operator.js";
import { pauseScenarios } from "./pauses.js";
import { payloadLimitScenarios } from "./payload-limits.js";
import { propertyScenarios } from "./properties.js";
import { queryScenarios } from "./queries.js";
import { rateLimitScenarios } from "./rate-limits.js";
import { reportedProblemScenarios } from "./reported-problems.js";
import { resetChildScenarios } from "./reset-children.js";
import { resetPendingScenarios } from "./reset-pending.js";
import { resetUpdateScenarios } from "./reset-updates.js";
import { resetScenarios } from "./resets.js";
import { scheduleActionScenarios } from "./schedule-actions.js";
import { scheduleScenarios } from "./schedules.js";
import { searchAttributeScenarios } from "./search-attributes.js";
import { signalWithStartScenarios } from "./signal-with-start.js";
import { startScenarios } from "./start.js";
import { startOptionScenarios } from "./start-options.js";
import { stickyQueueScenarios } from "./sticky-queues.js";
import { timerScenarios } from "./timers.js";
import { updateChainScenarios } from "./update-chains.js";
import { updateEndingScenarios } from "./update-endings.js";
import { updateErrorScenarios } from "./update-errors.js";
import { updateTaskScenarios } from "./update-tasks.js";
import { updateWithStartScenarios } from "./update-with-start.js";
import { updateScenarios } from "./updates.js";
import { versionInheritanceScenarios } from "./version-inheritance.js";
import { versionOverrideScenarios } from "./version-overrides.js";
import { versionedRunScenarios } from "./versioned-runs.js";
import { visibilityScenarios } from "./visibility.js";
import { workerRequestScenarios } from "./worker-requests.js";
import { workerScenarios } from "./workers.js";
import { workflowOptionScenarios } from "./workflow-options.js";
import { workflowRetryScenarios } from "./workflow-retry.js";
import { workflowTaskScenarios } from "./workflow-tasks.js";

/** Every scenario; each has a recording of the same name. */
export const scenarios: readonly ScenarioDefinition[] = [
  ...startScenarios,
  ...historyLimitScenarios,
  ...httpApiScenarios,
  ...idPolicyScenarios,
  ...activityScenarios,
  ...activityPauseScenarios,
  ...activityResetScenarios,
  ...activityOptionScenarios,
  ...activityExecutionOperationScenarios,
  ...eagerActivityScenarios,
  ...childScenarios,
  ...childPolicyScenarios,
  ...externalScenarios,
  ...updateScenarios,
  ...updateTaskScenarios,
  ...cronScenarios,
  ...limitScenarios,
  ...rateLimitScenarios,
  ...updateChainScenarios,
  ...updateEndingScenarios,
  ...updateErrorScenarios,
  ...updateWithStartScenarios,
  ...workflowTaskScenarios,
  ...stickyQueueScenarios,
  ...badCommandScenarios,
  ...messageScenarios,
  ...timerScenarios,
  ...queryScenarios,
  ...workflowRetryScenarios,
  ...startOptionScenarios,
  ...signalWithStartScenarios,
  ...searchAttributeScenarios,
  ...propertyScenarios,
  ...continueAsNewScenarios,
  ...workerRequestScenarios,
  ...workerScenarios,
  ...historyReadScenarios,
  ...describeScenarios,
  ...deleteScenarios,
  ...visibilityScenarios,
  ...listFilterScenarios,
  ...listPageScenarios,
  ...namespaceScenarios,
  ...reportedProblemScenarios,
  ...payloadLimitScenarios,
  ...closedPendingScenarios,
  ...buildIdScenarios,
  ...nexusCallbackScenarios,
  ...nexusEndpointScenarios,
  ...nexusOperationScenarios,
  ...operatorScenarios,
  ...resetScenarios,
  ...resetPendingScenarios,
  ...resetUpdateScenarios,
  ...resetChildScenarios,
  ...pauseScenarios,
  ...workflowOptionScenarios,
  ...deploymentScenarios,
  ...deploymentErrorScenarios,
  ...versionedRunScenarios,
  ...versionInheritanceScenarios,
  ...versionOverrideScenarios,
  ...batchScenarios,
  ...scheduleScenarios,
  ...scheduleActionScenarios,
];
