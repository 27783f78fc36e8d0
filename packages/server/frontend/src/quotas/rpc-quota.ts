import type { AnyMethodDescriptor } from "@perdure/proto/wire";

/** Calls of one group share a rate; `namespaceChange` has what other clusters would be told of. */
export type QuotaGroup = "execution" | "visibility" | "namespaceChange";

/** What a call counts for. */
export interface RpcQuota {
  readonly group: QuotaGroup;
  /** 0 is served first; each priority leaves to those before it what they need. */
  readonly priority: number;
  /** Whether it may wait for long, and so many of it may wait at once. */
  readonly isLongRunning: boolean;
}

/** How many priorities each group has. */
export const PRIORITY_COUNT = {
  execution: 6,
  visibility: 2,
  namespaceChange: 3,
} as const satisfies Record<QuotaGroup, number>;

/** Priority of a call that waits for news of an execution. */
export const WATCH_PRIORITY = 5;

/** Methods of `WorkflowService` by group and priority, as the official server has them. */
const GROUPS: readonly {
  readonly group: QuotaGroup;
  readonly priority: number;
  readonly methods: string;
}[] = [
  {
    group: "execution",
    priority: 0,
    methods: `
      GetClusterInfo GetSystemInfo GetSearchAttributes DescribeNamespace ListNamespaces
      DeprecateNamespace
    `,
  },
  {
    group: "execution",
    priority: 1,
    methods: `
      SignalWorkflowExecution SignalWithStartWorkflowExecution StartWorkflowExecution
      UpdateWorkflowExecution ExecuteMultiOperation CreateSchedule StartBatchOperation
      StartActivityExecution StartNexusOperationExecution RecordActivityTaskHeartbeat
      RecordActivityTaskHeartbeatById RespondActivityTaskCompleted
      RespondActivityTaskCompletedById RespondWorkflowTaskCompleted
      RespondQueryTaskCompleted RespondNexusTaskCompleted
    `,
  },
  {
    group: "execution",
    priority: 2,
    methods: `
      RequestCancelWorkflowExecution TerminateWorkflowExecution ResetWorkflowExecution
      DeleteWorkflowExecution GetWorkflowExecutionHistory UpdateSchedule PatchSchedule
      DeleteSchedule StopBatchOperation UpdateActivityOptions PauseActivity
      UnpauseActivity ResetActivity UpdateActivityExecutionOptions PauseActivityExecution
      UnpauseActivityExecution ResetActivityExecution UpdateWorkflowExecutionOptions
      SetCurrentDeployment CreateWorkerDeployment CreateWorkerDeploymentVersion
      UpdateWorkerDeploymentVersionComputeConfig SetWorkerDeploymentCurrentVersion
      SetWorkerDeploymentRampingVersion SetWorkerDeploymentManager DeleteWorkerDeployment
      DeleteWorkerDeploymentVersion UpdateWorkerDeploymentVersionMetadata
      CreateWorkflowRule DescribeWorkflowRule DeleteWorkflowRule ListWorkflowRules
      TriggerWorkflowRule UpdateTaskQueueConfig RequestCancelActivityExecution
      TerminateActivityExecution DeleteActivityExecution
      RequestCancelNexusOperationExecution TerminateNexusOperationExecution
      DeleteNexusOperationExecution PauseWorkflowExecution UnpauseWorkflowExecution
    `,
  },
  {
    group: "execution",
    priority: 3,
    methods: `
      DescribeWorkflowExecution DescribeActivityExecution DescribeTaskQueue
      GetWorkerBuildIdCompatibility GetWorkerVersioningRules ListTaskQueuePartitions
      QueryWorkflow DescribeSchedule ListScheduleMatchingTimes DescribeBatchOperation
      DescribeDeployment GetCurrentDeployment DescribeWorkerDeploymentVersion
      DescribeWorkerDeployment DescribeNexusOperationExecution
      ValidateWorkerDeploymentVersionComputeConfig ListWorkers DescribeWorker CountWorkers
      RespondActivityTaskCanceled RespondActivityTaskCanceledById
      RespondActivityTaskFailed RespondActivityTaskFailedById RespondWorkflowTaskFailed
      RespondNexusTaskFailed
    `,
  },
  {
    group: "execution",
    priority: 4,
    methods: `
      PollNexusOperationExecution PollActivityExecution PollWorkflowTaskQueue
      PollActivityTaskQueue PollWorkflowExecutionUpdate PollNexusTaskQueue
      ResetStickyTaskQueue ShutdownWorker GetWorkflowExecutionHistoryReverse
      RecordWorkerHeartbeat FetchWorkerConfig UpdateWorkerConfig
    `,
  },
  {
    group: "execution",
    priority: 5,
    methods: `
      PollWorkflowExecutionTimeSkipping
    `,
  },
  {
    group: "visibility",
    priority: 1,
    methods: `
      CountWorkflowExecutions ScanWorkflowExecutions ListOpenWorkflowExecutions
      ListClosedWorkflowExecutions ListWorkflowExecutions ListArchivedWorkflowExecutions
      CountActivityExecutions ListActivityExecutions CountNexusOperationExecutions
      ListNexusOperationExecutions GetWorkerTaskReachability ListSchedules CountSchedules
      ListBatchOperations ListDeployments GetDeploymentReachability ListWorkerDeployments
    `,
  },
  {
    group: "namespaceChange",
    priority: 1,
    methods: `
      RegisterNamespace UpdateNamespace
    `,
  },
  {
    group: "namespaceChange",
    priority: 2,
    methods: `
      UpdateWorkerBuildIdCompatibility UpdateWorkerVersioningRules
      SetWorkerDeploymentCurrentVersion SetWorkerDeploymentRampingVersion
      DeleteWorkerDeploymentVersion UpdateTaskQueueConfig
    `,
  },
];

/** Methods that may wait, for a task, for news or for a worker. */
const LONG_RUNNING = names(`
  PollActivityTaskQueue PollWorkflowTaskQueue PollWorkflowExecutionUpdate
  PollNexusTaskQueue PollNexusOperationExecution PollWorkflowExecutionTimeSkipping
  PollActivityExecution QueryWorkflow UpdateWorkflowExecution
  DescribeNexusOperationExecution GetWorkflowExecutionHistory
  DescribeActivityExecution ExecuteMultiOperation
`);

const QUOTAS: ReadonlyMap<string, RpcQuota> = new Map(
  GROUPS.flatMap(({ group, priority, methods }) =>
    [...names(methods)].map((method): [string, RpcQuota] => [
      `/temporal.api.workflowservice.v1.WorkflowService/${method}`,
      { group, priority, isLongRunning: LONG_RUNNING.has(method) },
    ]),
  ),
);

function names(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

/** What calls of a method count for; `undefined`: they are not limited. */
export function rpcQuota({ path }: Pick<AnyMethodDescriptor, "path">): RpcQuota | undefined {
  return QUOTAS.get(path);
}
