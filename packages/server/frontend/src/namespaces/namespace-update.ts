import { durationMs, toDuration, toTimestamp } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { NamespaceState, ReplicationState } from "@perdure/proto/temporal/api/enums/v1";
import type {
  NamespaceConfig,
  NamespaceConfigInit,
  NamespaceInfoInit,
} from "@perdure/proto/temporal/api/namespace/v1";
import type { ClusterReplicationConfig } from "@perdure/proto/temporal/api/replication/v1";
import type {
  DescribeNamespaceResponseInit,
  UpdateNamespaceRequest,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { changedAliases } from "./attribute-aliases.js";

/** Shortest time that closed workflows are kept. */
const RETENTION_MS_MIN = 3_600_000;
/** The only cluster. */
const CLUSTER = "active";

/** @throws {InvalidArgumentError} The time is too short or none. */
export function checkRetention(retentionMs: number): void {
  if (retentionMs >= RETENTION_MS_MIN) return;
  throw new InvalidArgumentError("A valid retention period is not set on request.");
}

/** @throws {InvalidArgumentError} A cluster is named that is not this one. */
export function checkClusters(
  activeName: string,
  clusters: readonly Pick<ClusterReplicationConfig, "clusterName">[],
): void {
  const names = [activeName || CLUSTER, ...clusters.map(({ clusterName }) => clusterName)];
  const other = names.find((name) => name !== CLUSTER);
  if (other !== undefined) throw new InvalidArgumentError(`Invalid cluster name: ${other}`);
}

/** What an update makes of a namespace. */
export interface UpdatedFacts {
  readonly facts: DescribeNamespaceResponseInit;
  /** Whether there is something to store. */
  readonly isChanged: boolean;
}

/**
 * Applies an update.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function updateFacts(
  facts: DescribeNamespaceResponseInit,
  request: UpdateNamespaceRequest,
  nowMs: number,
): UpdatedFacts {
  const namespaceInfo = updatedInfo(facts.namespaceInfo ?? {}, request.updateInfo);
  const config = updatedConfig(facts.config ?? {}, request, nowMs);
  checkReplication(request);
  if (request.promoteNamespace) {
    const what = "cannot update global namespace or promote local namespace";
    throw new InvalidArgumentError(
      `global namespace is not enabled on this cluster, ${what}: ${request.namespace}`,
    );
  }
  // Bad binaries alone are answered but not stored, as the official server has it.
  const isChanged =
    request.updateInfo !== undefined ||
    request.config?.workflowExecutionRetentionTtl !== undefined ||
    (request.config?.customSearchAttributeAliases.size ?? 0) > 0 ||
    request.deleteBadBinary !== "";
  return { facts: { ...facts, namespaceInfo, config }, isChanged };
}

function updatedInfo(
  info: NamespaceInfoInit,
  change: UpdateNamespaceRequest["updateInfo"],
): NamespaceInfoInit {
  if (change === undefined) return info;
  if (change.state !== NamespaceState.UNSPECIFIED && change.state !== info.state) {
    checkStateChange(info.state ?? NamespaceState.UNSPECIFIED, change.state);
  }
  return {
    ...info,
    description: change.description === "" ? info.description : change.description,
    ownerEmail: change.ownerEmail === "" ? info.ownerEmail : change.ownerEmail,
    data: new Map([...(info.data ?? []), ...change.data]),
    state: change.state === NamespaceState.UNSPECIFIED ? info.state : change.state,
  };
}

/** A namespace may be deprecated or deleted, and never comes back. */
function checkStateChange(from: NamespaceState, to: NamespaceState): void {
  const { DELETED, DEPRECATED, REGISTERED } = NamespaceState;
  const isAllowed =
    (from === REGISTERED && (to === DELETED || to === DEPRECATED)) ||
    (from === DEPRECATED && to === DELETED);
  if (!isAllowed) throw new InvalidArgumentError("Invalid namespace state update.");
}

function updatedConfig(
  config: NamespaceConfigInit,
  request: UpdateNamespaceRequest,
  nowMs: number,
): NamespaceConfigInit {
  const change = request.config;
  const binaries = new Map(config.badBinaries?.binaries);
  for (const [checksum, binary] of change?.badBinaries?.binaries ?? []) {
    binaries.set(checksum, { ...binary, createTime: toTimestamp(nowMs) });
  }
  const { deleteBadBinary } = request;
  if (deleteBadBinary !== "" && !binaries.delete(deleteBadBinary)) {
    throw new InvalidArgumentError(`Bad binary checksum ${deleteBadBinary} doesn't exists.`);
  }
  return {
    ...config,
    ...retentionOf(change),
    ...aliasesOf(config, change),
    badBinaries: { binaries },
  };
}

function retentionOf(change: NamespaceConfig | undefined): NamespaceConfigInit {
  if (change?.workflowExecutionRetentionTtl === undefined) return {};
  const retentionMs = durationMs(change.workflowExecutionRetentionTtl);
  checkRetention(retentionMs);
  return { workflowExecutionRetentionTtl: toDuration(retentionMs) };
}

function aliasesOf(
  config: NamespaceConfigInit,
  change: NamespaceConfig | undefined,
): NamespaceConfigInit {
  if (change === undefined || change.customSearchAttributeAliases.size === 0) return {};
  const aliases = new Map(config.customSearchAttributeAliases);
  const changes = change.customSearchAttributeAliases;
  return { customSearchAttributeAliases: changedAliases(aliases, changes) };
}

function checkReplication({ replicationConfig }: UpdateNamespaceRequest): void {
  if (replicationConfig === undefined) return;
  if (replicationConfig.state === ReplicationState.HANDOVER) {
    throw new InvalidArgumentError("Handover can only be set for global namespace");
  }
  checkClusters(replicationConfig.activeClusterName, replicationConfig.clusters);
}
