/** Limits and defaults of a run; the official server's dynamic configuration names are given. */
export interface RunLimits {
  /** `history.defaultActivityRetryPolicy` and `history.defaultWorkflowRetryPolicy`. */
  readonly defaultRetry: {
    readonly initialIntervalMs: number;
    readonly backoffCoefficient: number;
    readonly maximumIntervalFactor: number;
  };
  /** `limit.historyCount.suggestContinueAsNew`, events. */
  readonly historyCountSuggested: number;
  /** `limit.historySize.suggestContinueAsNew`, bytes. */
  readonly historySizeSuggestedBytes: number;
  /** `limit.historyCount.error`, events: a run beyond it is terminated. */
  readonly historyCountMax: number;
  /** `limit.historySize.error`, bytes as they are stored: a run beyond it is terminated. */
  readonly historySizeMaxBytes: number;
  /** `limit.blobSize.error`, bytes of one payload field. */
  readonly blobSizeMaxBytes: number;
  /** `limit.blobSize.warn`, bytes: so much is kept of a failure that is too large. */
  readonly blobSizeWarnBytes: number;
  /** `limit.mutableStateActivityFailureSize.error`, bytes of the last failure of an activity. */
  readonly lastFailureMaxBytes: number;
  /** `limit.memoSize.error`, bytes. */
  readonly memoSizeMaxBytes: number;
  /** `limit.numPendingActivities.error`. */
  readonly pendingActivitiesMax: number;
  /** `limit.numPendingChildExecutions.error`. */
  readonly pendingChildrenMax: number;
  /** `limit.numPendingSignals.error`: signals to other workflows that were not delivered. */
  readonly pendingSignalsMax: number;
  /** `limit.numPendingCancelRequests.error`: as above, for requests to cancel. */
  readonly pendingCancelsMax: number;
  /** `history.maximumSignalsPerExecution`: a run takes no more. */
  readonly signalsMax: number;
  /** `system.enableCrossNamespaceCommands`: whether workflows may reach into other namespaces. */
  readonly isCrossNamespaceAllowed: boolean;
  /** `frontend.MaxConcurrentBatchOperationPerNamespace`: batch operations at the same time. */
  readonly concurrentBatchesMax: number;
  /** `frontend.WorkflowPauseEnabled`: whether clients may pause workflows. */
  readonly isWorkflowPauseEnabled: boolean;
  /** `history.maximumBufferedEventsBatch`: one more fails the running workflow task. */
  readonly bufferedEventsMax: number;
  /** `system.enableActivityEagerExecution` */
  readonly areEagerActivitiesAllowed: boolean;
  /** `system.enableEagerWorkflowStart` */
  readonly areEagerStartsAllowed: boolean;
  /**
   * `system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute`: after so many workflow
   * tasks in a row that failed or timed out, the search attributes tell of it; 0: never.
   */
  readonly problemsReported: number;
  /** `history.workflowTaskRetryMaxInterval`. */
  readonly workflowTaskRetryIntervalMsMax: number;
  /** `history.workflowTaskHeartbeatTimeout`. */
  readonly workflowTaskHeartbeatTimeoutMs: number;
  /**
   * `history.workflowIdReuseMinimalInterval`: shortest time between the starts of runs of one ID.
   */
  readonly startIntervalMsMin: number;
  /** `limit.maxIDLength`, characters. */
  readonly idLengthMax: number;
  /** `history.maxInFlightUpdates`: updates without an outcome yet; 0: no limit. */
  readonly inFlightUpdatesMax: number;
  /** `history.maxInFlightUpdatePayloads`, bytes of updates without an outcome yet; 0: no limit. */
  readonly inFlightUpdateBytesMax: number;
  /** `history.maxTotalUpdates` of one run, rejected ones not counted; 0: no limit. */
  readonly updatesMax: number;
  /** `history.maxTotalUpdates.suggestContinueAsNewThreshold`, a share of `updatesMax`. */
  readonly updatesSuggestedShare: number;
  /** `history.discardSpeculativeWorkflowTaskMaximumEventsCount`. */
  readonly discardedEventsMax: number;
  /** `history.defaultWorkflowTaskTimeout`: for starts that name none. */
  readonly workflowTaskTimeoutMsDefault: number;
  /** `frontend.searchAttributesNumberOfKeysLimit` of one request or command. */
  readonly searchAttributesMax: number;
  /** `frontend.searchAttributesSizeOfValueLimit`, bytes. */
  readonly searchAttributeBytesMax: number;
  /** `frontend.searchAttributesTotalSizeLimit`, bytes of all search attributes together. */
  readonly searchAttributesBytesMax: number;
  /** `callback.maxPerExecution`: callbacks of one request. */
  readonly callbacksMax: number;
  /** `frontend.callbackURLMaxLength`, characters. */
  readonly callbackUrlLengthMax: number;
  /** `frontend.callbackHeaderMaxLength`, bytes of all names and values. */
  readonly callbackHeaderBytesMax: number;
  /** `component.nexusoperations.limit.operation.concurrency`: pending operations of one run. */
  readonly nexusOperationsMax: number;
  /** `component.nexusoperations.limit.service.name.length` and `.operation.name.length`, bytes. */
  readonly nexusNameLengthMax: number;
  /** `component.nexusoperations.limit.header.size`, bytes of all names and values. */
  readonly nexusHeaderBytesMax: number;
  /** `component.nexusoperations.limit.operation.token.length`, bytes. */
  readonly nexusTokenLengthMax: number;
  /** `component.nexusoperations.retryPolicy` and `component.callbacks.retryPolicy`. */
  readonly nexusRetry: {
    readonly initialIntervalMs: number;
    readonly maximumIntervalMs: number;
  };
  /** `frontend.maxlinksPerRequest` */
  readonly linksMax: number;
  /** `frontend.linkMaxSize`, bytes. */
  readonly linkBytesMax: number;
  /** `matching.maxDeployments`: worker deployments of one namespace. */
  readonly deploymentsMax: number;
  /** `matching.maxVersionsInDeployment` */
  readonly deploymentVersionsMax: number;
  /** `matching.maxTaskQueuesInDeploymentVersion`: names of task queues. */
  readonly deploymentQueuesMax: number;
  /**
   * `matching.wv.VersionDrainageStatusVisibilityGracePeriod`: how long after a version began to
   * drain its open workflows are counted.
   */
  readonly drainageGraceMs: number;
  /** `matching.wv.VersionDrainageStatusRefreshInterval`: how often they are counted then. */
  readonly drainageRefreshMs: number;
}

/** The official server's defaults. Source: its dynamic configuration. */
export const DEFAULT_RUN_LIMITS: RunLimits = {
  defaultRetry: { initialIntervalMs: 1000, backoffCoefficient: 2, maximumIntervalFactor: 100 },
  historyCountSuggested: 4 * 1024,
  historySizeSuggestedBytes: 4 * 1024 * 1024,
  historyCountMax: 50 * 1024,
  historySizeMaxBytes: 50 * 1024 * 1024,
  blobSizeMaxBytes: 2 * 1024 * 1024,
  blobSizeWarnBytes: 512 * 1024,
  lastFailureMaxBytes: 4 * 1024,
  memoSizeMaxBytes: 2 * 1024 * 1024,
  pendingActivitiesMax: 2000,
  pendingChildrenMax: 2000,
  pendingSignalsMax: 2000,
  pendingCancelsMax: 2000,
  signalsMax: 10_000,
  isCrossNamespaceAllowed: false,
  concurrentBatchesMax: 1,
  isWorkflowPauseEnabled: false,
  bufferedEventsMax: 100,
  areEagerActivitiesAllowed: true,
  areEagerStartsAllowed: true,
  problemsReported: 5,
  workflowTaskRetryIntervalMsMax: 10 * 60 * 1000,
  workflowTaskHeartbeatTimeoutMs: 30 * 60 * 1000,
  startIntervalMsMin: 1000,
  idLengthMax: 1000,
  inFlightUpdatesMax: 10,
  inFlightUpdateBytesMax: 20 * 1024 * 1024,
  updatesMax: 2000,
  updatesSuggestedShare: 0.9,
  discardedEventsMax: 10,
  workflowTaskTimeoutMsDefault: 10_000,
  searchAttributesMax: 100,
  searchAttributeBytesMax: 2 * 1024,
  searchAttributesBytesMax: 40 * 1024,
  callbacksMax: 2000,
  callbackUrlLengthMax: 1000,
  callbackHeaderBytesMax: 8 * 1024,
  nexusOperationsMax: 30,
  nexusNameLengthMax: 1000,
  nexusHeaderBytesMax: 8192,
  nexusTokenLengthMax: 4096,
  nexusRetry: { initialIntervalMs: 1000, maximumIntervalMs: 3_600_000 },
  linksMax: 10,
  linkBytesMax: 4000,
  deploymentsMax: 100,
  deploymentVersionsMax: 100,
  deploymentQueuesMax: 100,
  drainageGraceMs: 3 * 60 * 1000,
  drainageRefreshMs: 3 * 60 * 1000,
};
