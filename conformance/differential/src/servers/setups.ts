/**
 * Servers that scenarios run on, by name, with the dynamic configuration that each is started with.
 * A scenario of a limit names a set-up in which the limit is low, so that it is reached at once and
 * no other scenario meets it.
 */
export const SETUPS = {
  // Tables of list filters need more lists a second than a namespace has by default.
  standard: { "frontend.namespaceRPS.visibility": 100_000 },
  /** The same as `standard`, for scenarios that also need to know the HTTP listener. */
  http: {},
  fewPeers: {
    "limit.numPendingChildExecutions.error": 1,
    "limit.numPendingSignals.error": 1,
    "limit.numPendingCancelRequests.error": 1,
    "history.maximumSignalsPerExecution": 1,
    "frontend.MaxConcurrentBatchOperationPerNamespace": 0,
  },
  fewActivities: { "limit.numPendingActivities.error": 1 },
  fewProblems: { "system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": 2 },
  smallBlobs: {
    "limit.blobSize.error": 8000,
    "limit.blobSize.warn": 1000,
    "limit.memoSize.error": 8000,
  },
  suggestByCount: { "limit.historyCount.suggestContinueAsNew": 6 },
  suggestBySize: { "limit.historySize.suggestContinueAsNew": 3000 },
  suggestByBoth: {
    "limit.historyCount.suggestContinueAsNew": 6,
    "limit.historySize.suggestContinueAsNew": 3000,
  },
  withoutEager: {
    "system.enableActivityEagerExecution": false,
    "system.enableEagerWorkflowStart": false,
  },
  shortHistories: { "limit.historyCount.error": 6 },
  smallHistories: { "limit.historySize.error": 4000 },
  /** Batch operations of several scenarios run at the same time. */
  batches: { "frontend.MaxConcurrentBatchOperationPerNamespace": 1000 },
  pauses: { "frontend.WorkflowPauseEnabled": true },
  fewLists: { "frontend.namespaceRPS.visibility": 1 },
  fewCalls: { "frontend.namespaceRPS": 2 },
  fewPolls: { "frontend.namespaceCount": 1 },
  callbacks: { "callback.allowedAddresses": [{ Pattern: "*", AllowInsecure: true }] },
  crossNamespace: { "system.enableCrossNamespaceCommands": true },
} as const satisfies Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export type SetupName = keyof typeof SETUPS;

/** Search attributes that every server of this suite has. */
const SEARCH_ATTRIBUTES = [
  "DiffKeyword=Keyword",
  "DiffInt=Int",
  "DiffDouble=Double",
  "DiffBool=Bool",
  "DiffTime=Datetime",
  "DiffList=KeywordList",
  "DiffText=Text",
];

/** Arguments of `server start-dev` for a set-up; the official server and ours take the same. */
export function setupFlags(name: SetupName): readonly string[] {
  const config = Object.entries(SETUPS[name]).map(
    ([key, value]) => `${key}=${JSON.stringify(value)}`,
  );
  return [
    ...SEARCH_ATTRIBUTES.flatMap((attribute) => ["--search-attribute", attribute]),
    ...config.flatMap((pair) => ["--dynamic-config-value", pair]),
  ];
}
