import type {
  GetClusterInfoResponseInit,
  GetSystemInfoResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { getSearchAttributes } from "../namespaces/search-attribute-handlers.js";
import { SERVER_VERSION, SUPPORTED_CLIENTS } from "./server-version.js";

/** What the server says of itself. */
export interface SystemFacts {
  readonly clusterId: string;
  /** `sqlite` or `memory`. */
  readonly storeName: string;
}

/** The RPCs of `WorkflowService` about the server as a whole, by method name. */
export function systemHandlers(facts: SystemFacts): ReadonlyMap<string, UnaryHandler> {
  return new Map<string, UnaryHandler>([
    ["GetSystemInfo", () => SYSTEM_INFO],
    ["GetSearchAttributes", () => getSearchAttributes()],
    ["GetClusterInfo", () => clusterInfo(facts)],
  ]);
}

/** A capability is true when it works here, and not before: SDKs rely on it at once. */
const SYSTEM_INFO: GetSystemInfoResponseInit = {
  serverVersion: SERVER_VERSION,
  capabilities: {
    signalAndQueryHeader: true,
    internalErrorDifferentiation: true,
    activityFailureIncludeHeartbeat: true,
    encodedFailureAttributes: true,
    upsertMemo: true,
    eagerWorkflowStart: true,
    sdkMetadata: true,
    countGroupByExecutionStatus: true,
  },
};

function clusterInfo(facts: SystemFacts): GetClusterInfoResponseInit {
  return {
    supportedClients: SUPPORTED_CLIENTS,
    serverVersion: SERVER_VERSION,
    clusterId: facts.clusterId,
    clusterName: "active",
    historyShardCount: 1,
    persistenceStore: facts.storeName,
    visibilityStore: facts.storeName,
    initialFailoverVersion: 1n,
    failoverVersionIncrement: 10n,
  };
}
