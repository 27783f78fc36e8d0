import { InvalidArgumentError } from "@perdure/kernel";
import { WorkerStatus$names } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkerHeartbeat } from "@perdure/proto/temporal/api/worker/v1";

type Property = (worker: WorkerHeartbeat) => string;

const PROPERTIES: ReadonlyMap<string, Property> = new Map<string, Property>([
  ["WorkerInstanceKey", (worker) => worker.workerInstanceKey],
  ["WorkerIdentity", (worker) => worker.workerIdentity],
  ["HostName", (worker) => worker.hostInfo?.hostName ?? ""],
  ["TaskQueue", (worker) => worker.taskQueue],
  ["DeploymentName", (worker) => worker.deploymentVersion?.deploymentName ?? ""],
  ["BuildId", (worker) => worker.deploymentVersion?.buildId ?? ""],
  ["SdkName", (worker) => worker.sdkName],
  ["SdkVersion", (worker) => worker.sdkVersion],
  ["WorkerStatus", statusName],
  ["Status", statusName],
]);

function statusName(worker: WorkerHeartbeat): string {
  return (WorkerStatus$names.get(worker.status) ?? "").replace("WORKER_STATUS_", "");
}

const CONDITION = /^\s*`?(\w+)`?\s*(=|!=)\s*(?:'([^']*)'|"([^"]*)")\s*$/;

/**
 * Reads a filter for workers: comparisons of texts by `=` and `!=`, joined by `AND`. An empty one
 * takes every worker.
 *
 * @throws {InvalidArgumentError} It says something else.
 */
export function parseWorkerFilter(query: string): (worker: WorkerHeartbeat) => boolean {
  if (query.trim() === "") return () => true;
  const conditions = query.split(/\band\b/i).map(parseCondition);
  return (worker) => conditions.every((holds) => holds(worker));
}

function parseCondition(text: string): (worker: WorkerHeartbeat) => boolean {
  const [, field = "", operator, single, double] = CONDITION.exec(text) ?? [];
  if (operator === undefined) {
    throw new InvalidArgumentError(`operation is not supported: "${text.trim()}"`);
  }
  const property = PROPERTIES.get(field);
  if (property === undefined) {
    throw new InvalidArgumentError(
      `unknown or unsupported worker heartbeat search field: ${field}`,
    );
  }
  const wanted = single ?? double ?? "";
  return (worker) => (property(worker) === wanted) === (operator === "=");
}
