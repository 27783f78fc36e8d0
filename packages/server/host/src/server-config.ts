import { ATTRIBUTE_TYPE_NAMES, DEFAULT_RUN_LIMITS, type RunLimits } from "@perdure/engine";
import type { CallbackAddressRule } from "@perdure/frontend";
import { InvalidArgumentError, type Logger } from "@perdure/kernel";
import type { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import type { AuthorizationConfig } from "./authorization/authorization-config.js";
import { readCallbackAddresses } from "./callback-addresses.js";
import type { TlsFiles } from "./tls-files.js";

/** How a server is set up. */
export interface ServerConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where HTTP is listened for; absent: nowhere. */
  readonly http?: { readonly host: string; readonly port: number } | undefined;
  /** Absent: nothing is encrypted. */
  readonly tls?: TlsFiles | undefined;
  /** File of the SQLite store; absent: everything is kept in memory and gone at the end. */
  readonly databasePath?: string | undefined;
  /** SQLite settings that override the store's own. */
  readonly pragmas?: Readonly<Record<string, string>>;
  /** Where the storage thread's program is, for a bundle. */
  readonly storageWorkerUrl?: URL | undefined;
  /** Namespaces that are made at the start, besides the ones that every server has. */
  readonly namespaces?: readonly string[];
  /** Custom search attributes of every namespace, with their type such as `KeywordList`. */
  readonly searchAttributes?: ReadonlyMap<string, string>;
  readonly limits?: RunLimits;
  /** Where completion callbacks may go besides the server itself; absent: nowhere. */
  readonly callbackAddresses?: readonly CallbackAddressRule[];
  /** Time is skipped while nothing happens, unless it is locked; absent: time goes as it goes. */
  readonly timeSkipping?: "locked" | "unlocked" | undefined;
  /** Who may do what; absent: everybody may do everything. */
  readonly authorization?: AuthorizationConfig | undefined;
  readonly logger: Logger;
  /** How long calls under way may go on when the server stops, milliseconds. */
  readonly graceMs?: number;
}

/**
 * Reads the types of search attributes.
 *
 * @throws {InvalidArgumentError} There is no such type.
 */
export function readAttributes(
  wanted: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, IndexedValueType> {
  const typeOfName = new Map([...ATTRIBUTE_TYPE_NAMES].map(([type, name]) => [name, type]));
  const types = new Map<string, IndexedValueType>();
  for (const [name, typeName] of wanted) {
    const type = typeOfName.get(typeName);
    if (type === undefined) {
      throw new InvalidArgumentError(
        `Cannot register search attribute "${name}": "${typeName}" is no type`,
      );
    }
    types.set(name, type);
  }
  return types;
}

/** Limits by their official dynamic-configuration key. */
const LIMIT_OF_KEY: ReadonlyMap<string, keyof RunLimits> = new Map([
  ["limit.historyCount.suggestContinueAsNew", "historyCountSuggested"],
  ["limit.historySize.suggestContinueAsNew", "historySizeSuggestedBytes"],
  ["limit.blobSize.error", "blobSizeMaxBytes"],
  ["limit.blobSize.warn", "blobSizeWarnBytes"],
  ["limit.mutableStateActivityFailureSize.error", "lastFailureMaxBytes"],
  ["system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute", "problemsReported"],
  ["limit.memoSize.error", "memoSizeMaxBytes"],
  ["limit.numPendingActivities.error", "pendingActivitiesMax"],
  ["limit.numPendingChildExecutions.error", "pendingChildrenMax"],
  ["limit.numPendingSignals.error", "pendingSignalsMax"],
  ["limit.numPendingCancelRequests.error", "pendingCancelsMax"],
  ["history.maximumSignalsPerExecution", "signalsMax"],
  ["history.maximumBufferedEventsBatch", "bufferedEventsMax"],
  ["limit.maxIDLength", "idLengthMax"],
  ["history.maxInFlightUpdates", "inFlightUpdatesMax"],
  ["history.maxInFlightUpdatePayloads", "inFlightUpdateBytesMax"],
  ["history.maxTotalUpdates", "updatesMax"],
  ["history.maxTotalUpdates.suggestContinueAsNewThreshold", "updatesSuggestedShare"],
  ["history.discardSpeculativeWorkflowTaskMaximumEventsCount", "discardedEventsMax"],
  ["limit.historyCount.error", "historyCountMax"],
  ["limit.historySize.error", "historySizeMaxBytes"],
  ["frontend.searchAttributesNumberOfKeysLimit", "searchAttributesMax"],
  ["frontend.searchAttributesSizeOfValueLimit", "searchAttributeBytesMax"],
  ["frontend.searchAttributesTotalSizeLimit", "searchAttributesBytesMax"],
  ["callback.maxPerExecution", "callbacksMax"],
  ["frontend.callbackURLMaxLength", "callbackUrlLengthMax"],
  ["frontend.callbackHeaderMaxLength", "callbackHeaderBytesMax"],
  ["frontend.maxlinksPerRequest", "linksMax"],
  ["frontend.linkMaxSize", "linkBytesMax"],
]);

/** Keys of durations, which are written like `1s` or as seconds. */
const DURATION_OF_KEY: ReadonlyMap<string, keyof RunLimits> = new Map([
  ["history.workflowTaskRetryMaxInterval", "workflowTaskRetryIntervalMsMax"],
  ["history.workflowTaskHeartbeatTimeout", "workflowTaskHeartbeatTimeoutMs"],
  ["history.workflowIdReuseMinimalInterval", "startIntervalMsMin"],
  ["history.defaultWorkflowTaskTimeout", "workflowTaskTimeoutMsDefault"],
]);

/** Keys of switches. */
const SWITCH_OF_KEY: ReadonlyMap<string, keyof RunLimits> = new Map([
  ["system.enableCrossNamespaceCommands", "isCrossNamespaceAllowed"],
  ["system.enableActivityEagerExecution", "areEagerActivitiesAllowed"],
  ["system.enableEagerWorkflowStart", "areEagerStartsAllowed"],
  ["frontend.WorkflowPauseEnabled", "isWorkflowPauseEnabled"],
]);

const CALLBACK_ADDRESSES_KEY = "callback.allowedAddresses";

/** Limits made of dynamic configuration, and the keys of it that mean nothing here. */
export interface ReadLimits {
  readonly limits: RunLimits;
  readonly callbackAddresses: readonly CallbackAddressRule[];
  readonly unknownKeys: readonly string[];
}

/** Reads dynamic configuration. Keys are not case-sensitive, as with the official server. */
export function readLimits(values: ReadonlyMap<string, unknown>): ReadLimits {
  const changes: Partial<Record<keyof RunLimits, number | boolean>> = {};
  const unknownKeys: string[] = [];
  let callbackAddresses: readonly CallbackAddressRule[] = [];
  for (const [key, value] of values) {
    if (key.toLowerCase() === CALLBACK_ADDRESSES_KEY.toLowerCase()) {
      callbackAddresses = readCallbackAddresses(value);
      continue;
    }
    const count = find(LIMIT_OF_KEY, key);
    const duration = find(DURATION_OF_KEY, key);
    const toggle = find(SWITCH_OF_KEY, key);
    const durationMs = parseDurationMs(value);
    if (count !== undefined && typeof value === "number") changes[count] = value;
    else if (duration !== undefined && durationMs !== undefined) changes[duration] = durationMs;
    else if (toggle !== undefined && typeof value === "boolean") changes[toggle] = value;
    else unknownKeys.push(key);
  }
  const limits = { ...DEFAULT_RUN_LIMITS, ...changes } as RunLimits;
  return { limits, callbackAddresses, unknownKeys };
}

function find(
  keys: ReadonlyMap<string, keyof RunLimits>,
  wanted: string,
): keyof RunLimits | undefined {
  for (const [key, limit] of keys) if (key.toLowerCase() === wanted.toLowerCase()) return limit;
  return undefined;
}

const UNIT_MS: ReadonlyMap<string, number> = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
]);

/** A number is of seconds; a text has parts with units, like `1h30m`. */
function parseDurationMs(value: unknown): number | undefined {
  if (typeof value === "number") return value * 1000;
  const text = String(value);
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h))+$/.test(text)) return undefined;
  let durationMs = 0;
  for (const [, count, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) {
    durationMs += Number(count) * (UNIT_MS.get(unit ?? "") ?? 0);
  }
  return durationMs;
}
