import { DEFAULT_RUN_LIMITS, type RunLimits } from "@perdure/engine";
import type { CallbackAddressRule } from "@perdure/frontend";

/** Rates and counts of calls; 0: no limit. Rates are per second. */
export interface CallLimits {
  /** `frontend.rps` of all calls to the server. */
  readonly serverRate: number;
  /** `frontend.globalRPS`: the same for all servers together, which goes before. */
  readonly clusterRate: number;
  /** `frontend.rps.namespaceReplicationInducingAPIs` */
  readonly serverChangeRate: number;
  /** `system.operatorRPSRatio`: share of every rate that is for the first priority. */
  readonly operatorShare: number;
  /** `frontend.namespaceRPS` */
  readonly namespaceRate: number;
  /** `frontend.globalNamespaceRPS`, which goes before. */
  readonly clusterNamespaceRate: number;
  /** `frontend.namespaceBurstRatio` */
  readonly namespaceBurst: number;
  /** `frontend.namespaceRPS.visibility` */
  readonly visibilityRate: number;
  /** `frontend.globalNamespaceRPS.visibility`, which goes before. */
  readonly clusterVisibilityRate: number;
  /** `frontend.namespaceBurstRatio.visibility` */
  readonly visibilityBurst: number;
  /** `frontend.namespaceRPS.namespaceReplicationInducingAPIs` */
  readonly changeRate: number;
  /** `frontend.globalNamespaceRPS.namespaceReplicationInducingAPIs`, which goes before. */
  readonly clusterChangeRate: number;
  /** `frontend.namespaceBurstRatio.namespaceReplicationInducingAPIs` */
  readonly changeBurst: number;
  /** `frontend.namespaceCount`: calls of one method of a namespace that may wait at once. */
  readonly longRunningMax: number;
  /** `frontend.globalNamespaceCount`, which goes before. */
  readonly clusterLongRunningMax: number;
}

/** Everything that dynamic configuration sets. */
export interface DynamicSettings extends RunLimits, CallLimits {
  /** `callback.allowedAddresses` */
  readonly callbackAddresses: readonly CallbackAddressRule[];
}

/** The official defaults; but rates and counts of calls are not limited. */
export const DEFAULT_SETTINGS: DynamicSettings = {
  ...DEFAULT_RUN_LIMITS,
  serverRate: 0,
  clusterRate: 0,
  serverChangeRate: 0,
  operatorShare: 0.2,
  namespaceRate: 0,
  clusterNamespaceRate: 0,
  namespaceBurst: 2,
  visibilityRate: 0,
  clusterVisibilityRate: 0,
  visibilityBurst: 1,
  changeRate: 0,
  clusterChangeRate: 0,
  changeBurst: 10,
  longRunningMax: 0,
  clusterLongRunningMax: 0,
  callbackAddresses: [],
};

/** What values a setting takes. */
export type SettingKind = "count" | "ratio" | "duration" | "switch" | "addresses";

/** A setting, by its official key. */
export interface Setting {
  readonly key: string;
  readonly field: keyof DynamicSettings;
  readonly kind: SettingKind;
  /** Whether namespaces may have a value of their own. */
  readonly isPerNamespace: boolean;
}

type KeyTable = Readonly<Record<string, keyof DynamicSettings>>;

/** Counts and sizes that namespaces may have their own of. */
const NAMESPACE_COUNTS = {
  "limit.historyCount.suggestContinueAsNew": "historyCountSuggested",
  "limit.historySize.suggestContinueAsNew": "historySizeSuggestedBytes",
  "limit.historyCount.error": "historyCountMax",
  "limit.historySize.error": "historySizeMaxBytes",
  "limit.blobSize.error": "blobSizeMaxBytes",
  "limit.blobSize.warn": "blobSizeWarnBytes",
  "limit.memoSize.error": "memoSizeMaxBytes",
  "limit.mutableStateActivityFailureSize.error": "lastFailureMaxBytes",
  "limit.numPendingActivities.error": "pendingActivitiesMax",
  "limit.numPendingChildExecutions.error": "pendingChildrenMax",
  "limit.numPendingSignals.error": "pendingSignalsMax",
  "limit.numPendingCancelRequests.error": "pendingCancelsMax",
  "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "problemsReported",
  "history.maximumSignalsPerExecution": "signalsMax",
  "frontend.MaxConcurrentBatchOperationPerNamespace": "concurrentBatchesMax",
  "history.maxInFlightUpdates": "inFlightUpdatesMax",
  "history.maxInFlightUpdatePayloads": "inFlightUpdateBytesMax",
  "history.maxTotalUpdates": "updatesMax",
  "frontend.searchAttributesNumberOfKeysLimit": "searchAttributesMax",
  "frontend.searchAttributesSizeOfValueLimit": "searchAttributeBytesMax",
  "frontend.searchAttributesTotalSizeLimit": "searchAttributesBytesMax",
  "callback.maxPerExecution": "callbacksMax",
  "frontend.callbackURLMaxLength": "callbackUrlLengthMax",
  "frontend.callbackHeaderMaxLength": "callbackHeaderBytesMax",
  "frontend.maxlinksPerRequest": "linksMax",
  "frontend.linkMaxSize": "linkBytesMax",
  "frontend.namespaceRPS": "namespaceRate",
  "frontend.globalNamespaceRPS": "clusterNamespaceRate",
  "frontend.namespaceRPS.visibility": "visibilityRate",
  "frontend.globalNamespaceRPS.visibility": "clusterVisibilityRate",
  "frontend.namespaceRPS.namespaceReplicationInducingAPIs": "changeRate",
  "frontend.globalNamespaceRPS.namespaceReplicationInducingAPIs": "clusterChangeRate",
  "frontend.namespaceCount": "longRunningMax",
  "frontend.globalNamespaceCount": "clusterLongRunningMax",
} as const satisfies KeyTable;

const SERVER_COUNTS = {
  "limit.maxIDLength": "idLengthMax",
  "history.maximumBufferedEventsBatch": "bufferedEventsMax",
  "history.discardSpeculativeWorkflowTaskMaximumEventsCount": "discardedEventsMax",
  "matching.maxDeployments": "deploymentsMax",
  "matching.maxVersionsInDeployment": "deploymentVersionsMax",
  "matching.maxTaskQueuesInDeploymentVersion": "deploymentQueuesMax",
  "frontend.rps": "serverRate",
  "frontend.globalRPS": "clusterRate",
  "frontend.rps.namespaceReplicationInducingAPIs": "serverChangeRate",
} as const satisfies KeyTable;

const NAMESPACE_RATIOS = {
  "history.maxTotalUpdates.suggestContinueAsNewThreshold": "updatesSuggestedShare",
  "frontend.namespaceBurstRatio": "namespaceBurst",
  "frontend.namespaceBurstRatio.visibility": "visibilityBurst",
  "frontend.namespaceBurstRatio.namespaceReplicationInducingAPIs": "changeBurst",
} as const satisfies KeyTable;

const SERVER_RATIOS = { "system.operatorRPSRatio": "operatorShare" } as const satisfies KeyTable;

const NAMESPACE_DURATIONS = {
  "history.workflowTaskHeartbeatTimeout": "workflowTaskHeartbeatTimeoutMs",
  "history.workflowIdReuseMinimalInterval": "startIntervalMsMin",
  "history.defaultWorkflowTaskTimeout": "workflowTaskTimeoutMsDefault",
} as const satisfies KeyTable;

const SERVER_DURATIONS = {
  "history.workflowTaskRetryMaxInterval": "workflowTaskRetryIntervalMsMax",
  "matching.wv.VersionDrainageStatusVisibilityGracePeriod": "drainageGraceMs",
  "matching.wv.VersionDrainageStatusRefreshInterval": "drainageRefreshMs",
} as const satisfies KeyTable;

const NAMESPACE_SWITCHES = {
  "system.enableActivityEagerExecution": "areEagerActivitiesAllowed",
  "system.enableEagerWorkflowStart": "areEagerStartsAllowed",
  "frontend.WorkflowPauseEnabled": "isWorkflowPauseEnabled",
} as const satisfies KeyTable;

const SERVER_SWITCHES = {
  "system.enableCrossNamespaceCommands": "isCrossNamespaceAllowed",
} as const satisfies KeyTable;

const SERVER_ADDRESSES = {
  "callback.allowedAddresses": "callbackAddresses",
} as const satisfies KeyTable;

/** Settings by their key in lower case: keys are not case-sensitive. */
const SETTINGS: ReadonlyMap<string, Setting> = new Map([
  ...settings(NAMESPACE_COUNTS, "count", true),
  ...settings(SERVER_COUNTS, "count", false),
  ...settings(NAMESPACE_RATIOS, "ratio", true),
  ...settings(SERVER_RATIOS, "ratio", false),
  ...settings(NAMESPACE_DURATIONS, "duration", true),
  ...settings(SERVER_DURATIONS, "duration", false),
  ...settings(NAMESPACE_SWITCHES, "switch", true),
  ...settings(SERVER_SWITCHES, "switch", false),
  ...settings(SERVER_ADDRESSES, "addresses", false),
]);

function settings(
  table: KeyTable,
  kind: SettingKind,
  isPerNamespace: boolean,
): readonly (readonly [string, Setting])[] {
  return Object.entries(table).map(([key, field]) => [
    key.toLowerCase(),
    { key, field, kind, isPerNamespace },
  ]);
}

/** Finds a setting by its official key, in any case; `undefined`: it means nothing here. */
export function findSetting(key: string): Setting | undefined {
  return SETTINGS.get(key.toLowerCase());
}
