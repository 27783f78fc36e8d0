/**
 * RPCs that this server does not have yet. The suite fails as soon as one of them is answered, so
 * whoever adds an RPC takes it out of here.
 */
export const ABSENT = new Set([
  "UpdateTaskQueueConfig",
  "StartActivityExecution",
  "StartNexusOperationExecution",
  "DescribeActivityExecution",
  "DescribeNexusOperationExecution",
  "PollActivityExecution",
  "PollNexusOperationExecution",
  "ListActivityExecutions",
  "ListNexusOperationExecutions",
  "CountActivityExecutions",
  "CountNexusOperationExecutions",
  "RequestCancelActivityExecution",
  "RequestCancelNexusOperationExecution",
  "TerminateActivityExecution",
  "DeleteActivityExecution",
  "TerminateNexusOperationExecution",
  "DeleteNexusOperationExecution",
]);

/** Calls with minimal valid requests whose answers differ, and why. */
export const DIFFERING = new Map([
  [
    "AddOrUpdateRemoteCluster",
    "This server is its only cluster and says so, without a connection.",
  ],
  ["StopBatchOperation", "The small batch that it stops has ended here before the call comes."],
]);
