/** One workflow with activities, an update and a query, and others that are ended from outside. */
import { encode } from "../../fuzz/wire.mjs";
import { step } from "./step.mjs";

const execution = { workflowId: "probe-workflow" };
const taskQueue = { name: "probe-queue" };
const start = { workflowType: { name: "Probe" }, taskQueue };
const ACTIVITIES = ["done", "doneById", "failed", "failedById", "canceled", "canceledById", "kept"];

const pollTask = () =>
  step("PollWorkflowTaskQueue", { taskQueue }, { keep: (task, known) => (known.task = task) });
const pollActivity = () =>
  step(
    "PollActivityTaskQueue",
    { taskQueue },
    { keep: ({ activityId, taskToken }, known) => (known[activityId] = taskToken) },
  );
const completeTask = (commands = [], messages = () => []) =>
  step("RespondWorkflowTaskCompleted", ({ task }) => ({
    taskToken: task.taskToken,
    commands,
    messages: messages(task),
  }));
const byId = (activityId) => ({ ...execution, activityId });

const scheduleActivity = (activityId) => ({
  commandType: "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
  scheduleActivityTaskCommandAttributes: {
    activityId,
    activityType: { name: "Probe" },
    taskQueue,
    startToCloseTimeout: { seconds: 100 },
    heartbeatTimeout: { seconds: 100 },
    retryPolicy: { maximumAttempts: 1 },
  },
});
const completeWorkflow = {
  commandType: "COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION",
  completeWorkflowExecutionCommandAttributes: {},
};

/** Messages that accept and complete the update that a task brings. */
function acceptUpdate({ messages: [{ id, protocolInstanceId, eventId }] }) {
  const any = (name, value) => {
    const type = `temporal.api.update.v1.${name}`;
    return { type_url: `type.googleapis.com/${type}`, value: encode(type, value) };
  };
  const acceptance = {
    acceptedRequestMessageId: id,
    acceptedRequestSequencingEventId: eventId,
    acceptedRequest: { meta: { updateId: protocolInstanceId }, input: { name: "probe" } },
  };
  const response = { meta: { updateId: protocolInstanceId }, outcome: { success: {} } };
  return [
    { id: "accept", protocolInstanceId, body: any("Acceptance", acceptance) },
    { id: "respond", protocolInstanceId, body: any("Response", response) },
  ];
}
const PROTOCOL_COMMANDS = ["accept", "respond"].map((messageId) => ({
  commandType: "COMMAND_TYPE_PROTOCOL_MESSAGE",
  protocolMessageCommandAttributes: { messageId },
}));
const waitPolicy = { lifecycleStage: "UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED" };
const update = (updateId) => ({ meta: { updateId }, input: { name: "probe" } });

export const workflowSteps = [
  step("StartWorkflowExecution", { ...execution, ...start, requestId: "probe" }),
  step("DescribeWorkflowExecution", { execution }),
  step("GetWorkflowExecutionHistory", { execution }),
  step("GetWorkflowExecutionHistoryReverse", { execution }),
  step("SignalWorkflowExecution", { workflowExecution: execution, signalName: "probe" }),
  step("ListOpenWorkflowExecutions", { startTimeFilter: {} }),
  step("ListClosedWorkflowExecutions", { startTimeFilter: {} }),
  step("ListWorkflowExecutions", { query: "WorkflowId = 'probe-workflow'" }),
  step("ListArchivedWorkflowExecutions", { query: "WorkflowId = 'probe-workflow'" }),
  step("ScanWorkflowExecutions", { query: "WorkflowId = 'probe-workflow'" }),
  step("CountWorkflowExecutions", { query: "WorkflowId = 'probe-workflow'" }),
  pollTask(),
  step("RespondWorkflowTaskFailed", ({ task }) => ({ taskToken: task.taskToken })),
  pollTask(),
  completeTask(ACTIVITIES.map(scheduleActivity)),
  ...ACTIVITIES.map(pollActivity),
  step("RecordActivityTaskHeartbeat", ({ done }) => ({ taskToken: done })),
  step("RecordActivityTaskHeartbeatById", byId("done")),
  step("RespondActivityTaskCompleted", ({ done }) => ({ taskToken: done })),
  step("RespondActivityTaskCompletedById", byId("doneById")),
  step("RespondActivityTaskFailed", ({ failed }) => ({ taskToken: failed })),
  step("RespondActivityTaskFailedById", byId("failedById")),
  step("RespondActivityTaskCanceled", ({ canceled }) => ({ taskToken: canceled })),
  step("RespondActivityTaskCanceledById", byId("canceledById")),
  step("PauseActivity", { execution, id: "kept" }),
  step("UnpauseActivity", { execution, id: "kept" }),
  step("ResetActivity", { execution, id: "kept" }),
  step("UpdateActivityOptions", {
    execution,
    id: "kept",
    activityOptions: { priority: { priorityKey: 2 } },
    updateMask: { paths: ["priority"] },
  }),
  step("UpdateActivityExecutionOptions", { ...byId("kept"), restoreOriginal: true }),
  step("PauseActivityExecution", byId("kept")),
  step("UnpauseActivityExecution", byId("kept")),
  step("ResetActivityExecution", byId("kept")),
  pollTask(),
  completeTask(),
  step("QueryWorkflow", { execution, query: { queryType: "probe" } }, { waits: true }),
  pollTask(),
  step("RespondQueryTaskCompleted", ({ task }) => ({
    taskToken: task.taskToken,
    completedType: "QUERY_RESULT_TYPE_ANSWERED",
  })),
  step(
    "UpdateWorkflowExecution",
    { workflowExecution: execution, waitPolicy, request: update("probe-update") },
    { waits: true },
  ),
  pollTask(),
  completeTask(PROTOCOL_COMMANDS, acceptUpdate),
  step("PollWorkflowExecutionUpdate", {
    updateRef: { workflowExecution: execution, updateId: "probe-update" },
    waitPolicy,
  }),
  step("PollWorkflowExecutionTimeSkipping", { workflowExecution: execution }),
  step("ResetStickyTaskQueue", { execution }),
  step("UpdateWorkflowExecutionOptions", {
    workflowExecution: execution,
    workflowExecutionOptions: {},
    updateMask: { paths: ["versioning_override"] },
  }),
  step("PauseWorkflowExecution", execution),
  step("UnpauseWorkflowExecution", execution),
  step("RequestCancelWorkflowExecution", { workflowExecution: execution }),
  step("ResetWorkflowExecution", {
    workflowExecution: execution,
    workflowTaskFinishEventId: 4,
    requestId: "probe-reset",
  }),
  step("TerminateWorkflowExecution", { workflowExecution: execution }),
  step("SignalWithStartWorkflowExecution", {
    ...start,
    workflowId: "probe-signaled",
    signalName: "probe",
  }),
  step("DeleteWorkflowExecution", { workflowExecution: { workflowId: "probe-signaled" } }),
  step(
    "ExecuteMultiOperation",
    {
      operations: [
        {
          startWorkflow: {
            namespace: "default",
            workflowId: "probe-updated",
            workflowType: { name: "Probe" },
            taskQueue: { name: "probe-multi-queue" },
          },
        },
        {
          updateWorkflow: {
            namespace: "default",
            workflowExecution: { workflowId: "probe-updated" },
            waitPolicy,
            request: update("probe-started-update"),
          },
        },
      ],
    },
    { waits: true },
  ),
  step(
    "PollWorkflowTaskQueue",
    { taskQueue: { name: "probe-multi-queue" } },
    { keep: (task, known) => (known.task = task) },
  ),
  completeTask([...PROTOCOL_COMMANDS, completeWorkflow], acceptUpdate),
];
