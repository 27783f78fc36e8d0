import { toDuration, toTimestamp } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { type QueueKey, TaskKind, type TaskRow } from "@perdure/persistence";
import {
  DescribeTaskQueueMode,
  TaskQueueKind,
  TaskQueueType,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  PollerInfoInit,
  TaskQueueStatsInit,
  TaskQueueTypeInfoInit,
} from "@perdure/proto/temporal/api/taskqueue/v1";
import type {
  DescribeTaskQueueRequest,
  DescribeTaskQueueResponseInit,
  ListTaskQueuePartitionsRequest,
  ListTaskQueuePartitionsResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { readQueueName } from "./request-checks.js";

/** Waiting tasks that are counted one by one: a longer queue is told to have as many. */
const COUNTED_TASKS_MAX = 10_000;
/** Priority of tasks that say none. */
const PRIORITY_DEFAULT = 3;
/** Polls per second that a worker which sets no limit may make, as it is told to clients. */
const POLL_RATE_DEFAULT = 100_000;

/** Time 0 of the official server: nothing ever changed. */
const NEVER = { seconds: -62_135_596_800n, nanos: 0 };
const UNVERSIONED = { currentVersion: "__unversioned__", updateTime: NEVER };

/** `temporal.api.workflowservice.v1.WorkflowService/DescribeTaskQueue` */
export async function describeTaskQueue(
  request: DescribeTaskQueueRequest,
  deps: WorkflowServiceDeps,
): Promise<DescribeTaskQueueResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const name = readQueueName(request.taskQueue, deps.limits.idLengthMax);
  const isSticky = request.taskQueue?.kind === TaskQueueKind.STICKY;
  const place = { namespaceId: namespace.id, name };
  if (request.apiMode === DescribeTaskQueueMode.ENHANCED) {
    if (isSticky) {
      throw new InvalidArgumentError(
        "Enhanced DescribeTaskQueue is not valid for a sticky queue, use api_mode=UNSPECIFIED or a normal queue.",
      );
    }
    return describeEnhanced(place, request, deps);
  }
  const taskKind = kindOf(request.taskQueueType);
  if (taskKind === undefined) return { versioningInfo: UNVERSIONED };
  const queue = { ...place, taskKind };
  const described = {
    pollers: pollersOf(queue, deps),
    versioningInfo: isSticky ? undefined : UNVERSIONED,
  };
  if (!request.reportStats) return described;
  const tasks = await readWaiting(queue, deps);
  return {
    ...described,
    stats: statsOf(tasks, deps),
    statsByPriorityKey: statsByPriority(tasks, deps),
  };
}

function kindOf(type: TaskQueueType): QueueKey["taskKind"] | undefined {
  if (type === TaskQueueType.ACTIVITY) return TaskKind.ACTIVITY;
  return type === TaskQueueType.NEXUS ? TaskKind.NEXUS : TaskKind.WORKFLOW;
}

/** What is known of all types of tasks, by type, all of them of unversioned workers. */
async function describeEnhanced(
  place: Pick<QueueKey, "namespaceId" | "name">,
  request: DescribeTaskQueueRequest,
  deps: WorkflowServiceDeps,
): Promise<DescribeTaskQueueResponseInit> {
  const asked = request.taskQueueTypes;
  const types = asked.length > 0 ? asked : [TaskQueueType.WORKFLOW, TaskQueueType.ACTIVITY];
  const typesInfo = new Map<number, TaskQueueTypeInfoInit>();
  for (const type of types) {
    const taskKind = kindOf(type);
    if (taskKind === undefined) continue;
    const queue = { ...place, taskKind };
    const stats = request.reportStats ? statsOf(await readWaiting(queue, deps), deps) : undefined;
    const pollers = request.reportPollers ? pollersOf(queue, deps) : [];
    typesInfo.set(type, { pollers, stats });
  }
  return { versionsInfo: new Map([["", { typesInfo }]]) };
}

function pollersOf(queue: QueueKey, deps: WorkflowServiceDeps): readonly PollerInfoInit[] {
  return deps.recentPollers(queue).map(({ info, lastPollAtMs }) => ({
    lastAccessTime: toTimestamp(lastPollAtMs),
    identity: info.identity,
    ratePerSecond: POLL_RATE_DEFAULT,
    ...(info.buildId === "" ? {} : { workerVersionCapabilities: { buildId: info.buildId } }),
  }));
}

function readWaiting(queue: QueueKey, deps: WorkflowServiceDeps): Promise<readonly TaskRow[]> {
  return deps.store.readTasks(queue, { after: undefined, limit: COUNTED_TASKS_MAX });
}

function statsOf(tasks: readonly TaskRow[], deps: WorkflowServiceDeps): TaskQueueStatsInit {
  const oldestMs = tasks.reduce((oldest, task) => Math.min(oldest, task.createdAtMs), Infinity);
  const ageMs = tasks.length === 0 ? 0 : Math.max(0, deps.clock.nowMs() - oldestMs);
  return {
    approximateBacklogCount: BigInt(tasks.length),
    approximateBacklogAge: toDuration(ageMs),
  };
}

function statsByPriority(
  tasks: readonly TaskRow[],
  deps: WorkflowServiceDeps,
): ReadonlyMap<number, TaskQueueStatsInit> {
  const priorities = new Set([PRIORITY_DEFAULT, ...tasks.map(({ priority }) => priority)]);
  return new Map(
    [...priorities].map((priority) => {
      const own = tasks.filter((task) => task.priority === priority);
      return [priority, statsOf(own, deps)] as const;
    }),
  );
}

/** The name of this only process. */
const OWNER_NAME = "perdure";

/**
 * `temporal.api.workflowservice.v1.WorkflowService/ListTaskQueuePartitions`: a queue is whole here.
 */
export function listTaskQueuePartitions(
  request: ListTaskQueuePartitionsRequest,
  deps: WorkflowServiceDeps,
): ListTaskQueuePartitionsResponseInit {
  resolveNamespace(deps, request.namespace);
  const key = readQueueName(request.taskQueue, deps.limits.idLengthMax);
  const partitions = [{ key, ownerHostName: OWNER_NAME }];
  return { activityTaskQueuePartitions: partitions, workflowTaskQueuePartitions: partitions };
}
