/**
 * What the normaliser does with a field whose value is not a matter of semantics. Keys are
 * `Message.field` with the message's short name, or `*.field` for every message.
 */
export type FieldRule =
  /** The value becomes `<label>` when it is present. */
  | { readonly kind: "mask"; readonly label: string }
  /** A duration that was measured is written as its nearest multiple of `toMs`. */
  | { readonly kind: "round"; readonly toMs: number }
  /** A duration that is no whole number of seconds follows from a moment: it reads `<part>`. */
  | { readonly kind: "wholeSeconds" }
  /** The field is left out: whether it is present is chance or implementation, too. */
  | { readonly kind: "drop" }
  /** A timestamp is written relative to another one of this message or those around it. */
  | { readonly kind: "relative"; readonly to: string }
  /** A timestamp that may be that of another field; how much later it is, is chance. */
  | { readonly kind: "sameAs"; readonly other: string }
  /** A list whose order is chance: its messages are put in the order of a field of theirs. */
  | { readonly kind: "sort"; readonly by: string };

const mask = (label: string): FieldRule => ({ kind: "mask", label });
const relative = (to: string): FieldRule => ({ kind: "relative", to });
const drop: FieldRule = { kind: "drop" };

export const FIELD_RULES: Readonly<Record<string, FieldRule>> = {
  // Opaque to clients.
  "*.taskToken": mask("token"),
  "*.nextPageToken": mask("token"),
  "CreateWorkerDeploymentResponse.conflictToken": mask("token"),
  "DescribeWorkerDeploymentResponse.conflictToken": mask("token"),
  "SetWorkerDeploymentCurrentVersionResponse.conflictToken": mask("token"),
  "SetWorkerDeploymentManagerResponse.conflictToken": mask("token"),
  "SetWorkerDeploymentRampingVersionResponse.conflictToken": mask("token"),

  // Internal ordering, and sizes and counts that follow from the stored format.
  "HistoryEvent.taskId": drop,
  "*.historySizeBytes": mask("size"),
  "*.sizeBytes": mask("size"),
  "WorkflowExecutionInfo.stateTransitionCount": mask("count"),

  // Opaque, and in a map whose other entries count.
  "*.temporal-callback-token": mask("token"),

  // Depend on how fast the queue is served, or on the layout of the service.
  "*.backlogCountHint": drop,
  "*.pollerScalingDecision": drop,
  "*.pollerGroupId": drop,
  "*.pollerGroupInfos": drop,
  "*.pollerGroupsInfo": drop,
  "WorkflowExecutionInfo.executionDuration": mask("duration"),
  "WorkflowExecutionStartedEventAttributes.firstWorkflowTaskBackoff": { kind: "wholeSeconds" },
  "DescribeWorkflowExecutionResponse.pendingActivities": { kind: "sort", by: "activityId" },
  // How long task queues take to learn of a change, if the deployment ever hears that they have.
  "WorkerDeploymentInfo.routingConfigUpdateState": drop,
  "WorkerDeploymentVersionInfo.taskQueueInfos": { kind: "sort", by: "type" },
  "DescribeWorkerDeploymentVersionResponse.versionTaskQueues": { kind: "sort", by: "type" },
  "DescribeWorkflowExecutionResponse.pendingNexusOperations": {
    kind: "sort",
    by: "scheduledEventId",
  },
  "PendingActivityInfo.currentRetryInterval": { kind: "round", toMs: 50 },

  // Names and versions of the installation.
  "GetClusterInfoResponse.clusterId": mask("cluster"),
  "GetClusterInfoResponse.clusterName": mask("cluster"),
  "GetClusterInfoResponse.historyShardCount": mask("count"),
  "GetClusterInfoResponse.persistenceStore": mask("store"),
  "GetClusterInfoResponse.visibilityStore": mask("store"),
  "GetClusterInfoResponse.versionInfo": drop, // Filled by a call to the vendor's site.
  "*.serverVersion": mask("version"),
  "ClusterMetadata.address": mask("address"),
  "ClusterMetadata.httpAddress": mask("address"),
  "*.clusterName": mask("cluster"),
  "*.activeClusterName": mask("cluster"),

  // Deadlines that must follow exactly from a start.
  "WorkflowExecutionStartedEventAttributes.workflowExecutionExpirationTime": relative("eventTime"),
  "WorkflowExecutionExtendedInfo.executionExpirationTime": relative("startTime"),
  "WorkflowExecutionExtendedInfo.runExpirationTime": relative("startTime"),
  // Of a run that a reset made it is the time of an earlier run.
  "WorkflowExecutionExtendedInfo.originalStartTime": { kind: "sameAs", other: "startTime" },
  "WorkflowExecutionInfo.executionTime": relative("startTime"),
  "PendingActivityInfo.expirationTime": relative("scheduledTime"),

  // Of the first attempt, the two are one moment.
  "PollActivityTaskQueueResponse.currentAttemptScheduledTime": {
    kind: "sameAs",
    other: "scheduledTime",
  },
};
