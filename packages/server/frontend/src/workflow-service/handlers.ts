import type { CallContext } from "../grpc/call-context.js";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { workerHandlers } from "../workers/handlers.js";
import {
  pauseActivityExecution,
  resetActivityExecution,
  unpauseActivityExecution,
  updateActivityExecutionOptions,
} from "./activity-execution-operations.js";
import {
  pauseActivity,
  resetActivity,
  unpauseActivity,
  updateActivityOptions,
} from "./activity-operations.js";
import {
  recordActivityTaskHeartbeat,
  recordActivityTaskHeartbeatById,
  respondActivityTaskCanceled,
  respondActivityTaskCanceledById,
  respondActivityTaskCompleted,
  respondActivityTaskCompletedById,
  respondActivityTaskFailed,
  respondActivityTaskFailedById,
} from "./activity-tasks.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { executeMultiOperation } from "./multi-operation.js";
import {
  pollNexusTaskQueue,
  respondNexusTaskCompleted,
  respondNexusTaskFailed,
} from "./nexus-tasks.js";
import { pauseWorkflowExecution, unpauseWorkflowExecution } from "./pause-workflow.js";
import { resetWorkflowExecution } from "./reset-workflow.js";
import { signalWithStartWorkflowExecution, startWorkflowExecution } from "./start-workflow.js";
import { describeTaskQueue, listTaskQueuePartitions } from "./task-queues.js";
import { pollWorkflowExecutionUpdate, updateWorkflowExecution } from "./updates.js";
import {
  pollActivityTaskQueue,
  pollWorkflowTaskQueue,
  respondQueryTaskCompleted,
  respondWorkflowTaskCompleted,
  respondWorkflowTaskFailed,
} from "./worker-tasks.js";
import {
  countWorkflowExecutions,
  listArchivedWorkflowExecutions,
  listClosedWorkflowExecutions,
  listOpenWorkflowExecutions,
  listWorkflowExecutions,
  scanWorkflowExecutions,
} from "./workflow-lists.js";
import {
  deleteWorkflowExecution,
  describeWorkflowExecution,
  requestCancelWorkflowExecution,
  resetStickyTaskQueue,
  signalWorkflowExecution,
  terminateWorkflowExecution,
} from "./workflow-messages.js";
import { updateWorkflowExecutionOptions } from "./workflow-options.js";
import {
  getWorkflowExecutionHistory,
  getWorkflowExecutionHistoryReverse,
  queryWorkflow,
} from "./workflow-reads.js";
import { WORKFLOW_RULES } from "./workflow-rules.js";
import { pollWorkflowTimeSkipping } from "./workflow-time-skipping.js";

/** The RPCs of `WorkflowService` that work on workflows, tasks and workers, by method name. */
export function workflowHandlers(deps: WorkflowServiceDeps): ReadonlyMap<string, UnaryHandler> {
  type Plain = (request: never, deps: WorkflowServiceDeps) => ReturnType<UnaryHandler>;
  type Waiting = (
    request: never,
    call: CallContext,
    deps: WorkflowServiceDeps,
  ) => ReturnType<UnaryHandler>;
  const handlers = new Map<string, UnaryHandler>(workerHandlers(deps));
  const depsOf = (request: { readonly namespace?: string }): WorkflowServiceDeps => {
    const limits = deps.limitsOf?.(request.namespace ?? "") ?? deps.limits;
    return limits === deps.limits ? deps : { ...deps, limits };
  };
  for (const [name, handle] of Object.entries<Plain>(PLAIN)) {
    handlers.set(name, (request) => handle(request, depsOf(request)));
  }
  for (const [name, handle] of Object.entries<Waiting>(WAITING)) {
    handlers.set(name, (request, call) => handle(request, call, depsOf(request)));
  }
  return handlers;
}

const PLAIN = {
  StartWorkflowExecution: startWorkflowExecution,
  SignalWithStartWorkflowExecution: signalWithStartWorkflowExecution,
  SignalWorkflowExecution: signalWorkflowExecution,
  RequestCancelWorkflowExecution: requestCancelWorkflowExecution,
  TerminateWorkflowExecution: terminateWorkflowExecution,
  DeleteWorkflowExecution: deleteWorkflowExecution,
  GetWorkflowExecutionHistoryReverse: getWorkflowExecutionHistoryReverse,
  DescribeWorkflowExecution: describeWorkflowExecution,
  ResetStickyTaskQueue: resetStickyTaskQueue,
  ResetWorkflowExecution: resetWorkflowExecution,
  PauseWorkflowExecution: pauseWorkflowExecution,
  UnpauseWorkflowExecution: unpauseWorkflowExecution,
  UpdateWorkflowExecutionOptions: updateWorkflowExecutionOptions,
  ...WORKFLOW_RULES,
  PollWorkflowExecutionTimeSkipping: pollWorkflowTimeSkipping,
  RespondWorkflowTaskCompleted: respondWorkflowTaskCompleted,
  RespondWorkflowTaskFailed: respondWorkflowTaskFailed,
  RespondQueryTaskCompleted: respondQueryTaskCompleted,
  RespondActivityTaskCompleted: respondActivityTaskCompleted,
  RespondActivityTaskCompletedById: respondActivityTaskCompletedById,
  RespondActivityTaskFailed: respondActivityTaskFailed,
  RespondActivityTaskFailedById: respondActivityTaskFailedById,
  RespondActivityTaskCanceled: respondActivityTaskCanceled,
  RespondActivityTaskCanceledById: respondActivityTaskCanceledById,
  RecordActivityTaskHeartbeat: recordActivityTaskHeartbeat,
  RecordActivityTaskHeartbeatById: recordActivityTaskHeartbeatById,
  RespondNexusTaskCompleted: respondNexusTaskCompleted,
  RespondNexusTaskFailed: respondNexusTaskFailed,
  PauseActivity: pauseActivity,
  UnpauseActivity: unpauseActivity,
  ResetActivity: resetActivity,
  UpdateActivityOptions: updateActivityOptions,
  PauseActivityExecution: pauseActivityExecution,
  UnpauseActivityExecution: unpauseActivityExecution,
  ResetActivityExecution: resetActivityExecution,
  UpdateActivityExecutionOptions: updateActivityExecutionOptions,
  DescribeTaskQueue: describeTaskQueue,
  ListTaskQueuePartitions: listTaskQueuePartitions,
  ListWorkflowExecutions: listWorkflowExecutions,
  ScanWorkflowExecutions: scanWorkflowExecutions,
  ListOpenWorkflowExecutions: listOpenWorkflowExecutions,
  ListClosedWorkflowExecutions: listClosedWorkflowExecutions,
  ListArchivedWorkflowExecutions: listArchivedWorkflowExecutions,
  CountWorkflowExecutions: countWorkflowExecutions,
};

/** Calls that may wait, and so need to know their caller's deadline. */
const WAITING = {
  PollWorkflowTaskQueue: pollWorkflowTaskQueue,
  PollNexusTaskQueue: pollNexusTaskQueue,
  PollActivityTaskQueue: pollActivityTaskQueue,
  GetWorkflowExecutionHistory: getWorkflowExecutionHistory,
  QueryWorkflow: queryWorkflow,
  UpdateWorkflowExecution: updateWorkflowExecution,
  PollWorkflowExecutionUpdate: pollWorkflowExecutionUpdate,
  ExecuteMultiOperation: executeMultiOperation,
};
