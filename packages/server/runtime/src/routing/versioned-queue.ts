import type { VersionName } from "@perdure/engine";
import type { QueueKey } from "@perdure/persistence";

/** Begins names of queues that no user can give. */
const PREFIX = "/_sys/";

/** A queue as users name it, and the version whose workers poll it, if it is one's own. */
export interface LogicalQueue {
  readonly name: string;
  readonly version: VersionName | undefined;
}

/** The queue in which the tasks of one version wait for its workers. */
export function versionedQueue(queue: QueueKey, version: VersionName): QueueKey {
  const deploymentName = encodeURIComponent(version.deploymentName);
  const buildId = encodeURIComponent(version.buildId);
  return { ...queue, name: `${PREFIX}${deploymentName}:${buildId}/${queue.name}` };
}

/** What `versionedQueue` made a name of; other names are what users call their queues. */
export function logicalQueue(name: string): LogicalQueue {
  if (!name.startsWith(PREFIX)) return { name, version: undefined };
  const slashAt = name.indexOf("/", PREFIX.length);
  const colonAt = name.indexOf(":", PREFIX.length);
  if (slashAt < 0 || colonAt < 0 || colonAt > slashAt) return { name, version: undefined };
  const deploymentName = decodeURIComponent(name.slice(PREFIX.length, colonAt));
  const buildId = decodeURIComponent(name.slice(colonAt + 1, slashAt));
  return { name: name.slice(slashAt + 1), version: { deploymentName, buildId } };
}

/** Whether two versions, or none and none, are the same. */
export function isSameVersion(
  one: VersionName | undefined,
  other: VersionName | undefined,
): boolean {
  return one?.deploymentName === other?.deploymentName && one?.buildId === other?.buildId;
}
