/** An endpoint, and a workflow that calls two operations through it. */
import { step } from "./step.mjs";

const spec = {
  name: "probe-endpoint",
  target: { worker: { namespace: "default", taskQueue: "probe-nexus-queue" } },
};
const taskQueue = { name: "probe-caller-queue" };
const needs = "CreateNexusEndpoint";

const scheduleOperation = (operation) => ({
  commandType: "COMMAND_TYPE_SCHEDULE_NEXUS_OPERATION",
  scheduleNexusOperationCommandAttributes: {
    endpoint: "probe-endpoint",
    service: "probe",
    operation,
  },
});
const pollOperation = () =>
  step(
    "PollNexusTaskQueue",
    { taskQueue: { name: "probe-nexus-queue" } },
    { keep: ({ taskToken }, known) => (known.nexusToken = taskToken) },
  );

export const nexusSteps = [
  step("CreateNexusEndpoint", { spec }, { keep: ({ endpoint }, known) => keep(endpoint, known) }),
  step("GetNexusEndpoint", ({ endpointId }) => ({ id: endpointId }), { needs }),
  step("ListNexusEndpoints", {}),
  step("UpdateNexusEndpoint", ({ endpointId, version }) => ({ id: endpointId, version, spec }), {
    needs,
    keep: ({ endpoint }, known) => keep(endpoint, known),
  }),
  step("StartWorkflowExecution", {
    workflowId: "probe-caller",
    workflowType: { name: "Probe" },
    taskQueue,
  }),
  step("PollWorkflowTaskQueue", { taskQueue }, { keep: (task, known) => (known.task = task) }),
  step(
    "RespondWorkflowTaskCompleted",
    ({ task }) => ({
      taskToken: task.taskToken,
      commands: ["first", "second"].map(scheduleOperation),
    }),
    { needs },
  ),
  pollOperation(),
  step(
    "RespondNexusTaskCompleted",
    ({ nexusToken }) => ({
      taskToken: nexusToken,
      response: { startOperation: { syncSuccess: {} } },
    }),
    { needs: "PollNexusTaskQueue" },
  ),
  pollOperation(),
  step(
    "RespondNexusTaskFailed",
    ({ nexusToken }) => ({ taskToken: nexusToken, error: { errorType: "BAD_REQUEST" } }),
    { needs: "PollNexusTaskQueue" },
  ),
  step("TerminateWorkflowExecution", { workflowExecution: { workflowId: "probe-caller" } }),
  step("DeleteNexusEndpoint", ({ endpointId, version }) => ({ id: endpointId, version }), {
    needs,
  }),
];

function keep({ id, version }, known) {
  known.endpointId = id;
  known.version = version;
}
