import type { AnyMethodDescriptor } from "@perdure/proto/wire";

/** What an RPC works on: one namespace, or the server as a whole. */
export type AccessScope = "namespace" | "system";

/** What an RPC does, from the least to the most. `none`: everybody may call it. */
export type AccessLevel = "none" | "read" | "write" | "admin";

/** What a caller needs for an RPC. */
export interface RpcAccess {
  readonly scope: AccessScope;
  readonly level: AccessLevel;
}

/**
 * What each method needs. Every method of every service has its place here, by decision and not
 * by its name: one that has none is refused to everybody.
 */
const WORKFLOW_SERVICE: readonly AccessGroup[] = [
  {
    scope: "system",
    level: "none",
    methods: `
      GetSystemInfo
    `,
  },
  {
    scope: "system",
    level: "read",
    methods: `
      GetClusterInfo GetSearchAttributes ListNamespaces
    `,
  },
  {
    scope: "namespace",
    level: "read",
    methods: `
      CountActivityExecutions CountNexusOperationExecutions CountSchedules CountWorkers
      CountWorkflowExecutions DescribeActivityExecution DescribeBatchOperation
      DescribeDeployment DescribeNamespace DescribeNexusOperationExecution DescribeSchedule
      DescribeTaskQueue DescribeWorker DescribeWorkerDeployment
      DescribeWorkerDeploymentVersion DescribeWorkflowExecution DescribeWorkflowRule
      FetchWorkerConfig GetCurrentDeployment GetDeploymentReachability
      GetWorkerBuildIdCompatibility GetWorkerTaskReachability GetWorkerVersioningRules
      GetWorkflowExecutionHistory GetWorkflowExecutionHistoryReverse ListActivityExecutions
      ListArchivedWorkflowExecutions ListBatchOperations ListClosedWorkflowExecutions
      ListDeployments ListNexusOperationExecutions ListOpenWorkflowExecutions
      ListScheduleMatchingTimes ListSchedules ListTaskQueuePartitions ListWorkerDeployments
      ListWorkers ListWorkflowExecutions ListWorkflowRules PollActivityExecution
      PollNexusOperationExecution PollWorkflowExecutionTimeSkipping
      PollWorkflowExecutionUpdate QueryWorkflow ScanWorkflowExecutions
      ValidateWorkerDeploymentVersionComputeConfig
    `,
  },
  {
    scope: "namespace",
    level: "write",
    methods: `
      CreateSchedule CreateWorkerDeployment CreateWorkerDeploymentVersion CreateWorkflowRule
      DeleteActivityExecution DeleteNexusOperationExecution DeleteSchedule
      DeleteWorkerDeployment DeleteWorkerDeploymentVersion DeleteWorkflowExecution
      DeleteWorkflowRule ExecuteMultiOperation PatchSchedule PauseActivity
      PauseActivityExecution PauseWorkflowExecution PollActivityTaskQueue PollNexusTaskQueue
      PollWorkflowTaskQueue RecordActivityTaskHeartbeat RecordActivityTaskHeartbeatById
      RecordWorkerHeartbeat RequestCancelActivityExecution
      RequestCancelNexusOperationExecution RequestCancelWorkflowExecution ResetActivity
      ResetActivityExecution ResetStickyTaskQueue ResetWorkflowExecution
      RespondActivityTaskCanceled RespondActivityTaskCanceledById RespondActivityTaskCompleted
      RespondActivityTaskCompletedById RespondActivityTaskFailed RespondActivityTaskFailedById
      RespondNexusTaskCompleted RespondNexusTaskFailed RespondQueryTaskCompleted
      RespondWorkflowTaskCompleted RespondWorkflowTaskFailed SetCurrentDeployment
      SetWorkerDeploymentCurrentVersion SetWorkerDeploymentManager
      SetWorkerDeploymentRampingVersion ShutdownWorker SignalWithStartWorkflowExecution
      SignalWorkflowExecution StartActivityExecution StartBatchOperation
      StartNexusOperationExecution StartWorkflowExecution StopBatchOperation
      TerminateActivityExecution TerminateNexusOperationExecution TerminateWorkflowExecution
      TriggerWorkflowRule UnpauseActivity UnpauseActivityExecution UnpauseWorkflowExecution
      UpdateActivityExecutionOptions UpdateActivityOptions UpdateSchedule
      UpdateTaskQueueConfig UpdateWorkerBuildIdCompatibility UpdateWorkerConfig
      UpdateWorkerDeploymentVersionComputeConfig UpdateWorkerDeploymentVersionMetadata
      UpdateWorkerVersioningRules UpdateWorkflowExecution UpdateWorkflowExecutionOptions
    `,
  },
  {
    scope: "namespace",
    level: "admin",
    methods: `
      DeprecateNamespace RegisterNamespace UpdateNamespace
    `,
  },
];

const OPERATOR_SERVICE: readonly AccessGroup[] = [
  {
    scope: "namespace",
    level: "read",
    methods: `
      ListSearchAttributes
    `,
  },
  {
    scope: "namespace",
    level: "admin",
    methods: `
      AddSearchAttributes DeleteNamespace RemoveSearchAttributes
    `,
  },
  {
    scope: "system",
    level: "admin",
    methods: `
      AddOrUpdateRemoteCluster CreateNexusEndpoint DeleteNexusEndpoint GetNexusEndpoint
      ListClusters ListNexusEndpoints RemoveRemoteCluster UpdateNexusEndpoint
    `,
  },
];

/** Time is the whole server's. */
const TEST_SERVICE: readonly AccessGroup[] = [
  { scope: "system", level: "read", methods: "GetCurrentTime" },
  {
    scope: "system",
    level: "admin",
    methods: "LockTimeSkipping UnlockTimeSkipping Sleep SleepUntil UnlockTimeSkippingWithSleep",
  },
];

const HEALTH: readonly AccessGroup[] = [
  { scope: "system", level: "none", methods: "Check" },
  { scope: "system", level: "read", methods: "List Watch" },
];

const REFLECTION: readonly AccessGroup[] = [
  { scope: "system", level: "read", methods: "ServerReflectionInfo" },
];

/** Methods that need the same, separated by white space. */
interface AccessGroup extends RpcAccess {
  readonly methods: string;
}

const SERVICES: ReadonlyMap<string, readonly AccessGroup[]> = new Map([
  ["temporal.api.workflowservice.v1.WorkflowService", WORKFLOW_SERVICE],
  ["temporal.api.operatorservice.v1.OperatorService", OPERATOR_SERVICE],
  ["temporal.api.testservice.v1.TestService", TEST_SERVICE],
  ["grpc.health.v1.Health", HEALTH],
  ["grpc.reflection.v1.ServerReflection", REFLECTION],
  ["grpc.reflection.v1alpha.ServerReflection", REFLECTION],
]);

const ACCESS: ReadonlyMap<string, RpcAccess> = new Map(
  [...SERVICES].flatMap(([service, groups]) =>
    groups.flatMap(({ scope, level, methods }) =>
      methods
        .trim()
        .split(/\s+/)
        .map((method): [string, RpcAccess] => [`/${service}/${method}`, { scope, level }]),
    ),
  ),
);

/** What a caller needs for a method; `undefined`: nobody may call it. */
export function rpcAccess({ path }: Pick<AnyMethodDescriptor, "path">): RpcAccess | undefined {
  return ACCESS.get(path);
}
