/** Activities and Nexus operations without a workflow. */
import { step } from "./step.mjs";

const activityId = "probe-activity";
const operationId = "probe-operation";

export const standaloneSteps = [
  step("StartActivityExecution", {
    activityId,
    activityType: { name: "Probe" },
    taskQueue: { name: "probe-activity-queue" },
    startToCloseTimeout: { seconds: 100 },
    requestId: "probe",
  }),
  step("DescribeActivityExecution", { activityId }),
  step("ListActivityExecutions", {}),
  step("CountActivityExecutions", {}),
  step("RequestCancelActivityExecution", { activityId, requestId: "probe" }),
  step("TerminateActivityExecution", { activityId, requestId: "probe", reason: "probed" }),
  step("PollActivityExecution", { activityId }),
  step("DeleteActivityExecution", { activityId }),
  step("StartNexusOperationExecution", {
    operationId,
    endpoint: "probe-endpoint",
    service: "probe",
    operation: "probe",
    requestId: "probe",
  }),
  step("DescribeNexusOperationExecution", { operationId }),
  step("ListNexusOperationExecutions", {}),
  step("CountNexusOperationExecutions", {}),
  step("RequestCancelNexusOperationExecution", { operationId, requestId: "probe" }),
  step("TerminateNexusOperationExecution", { operationId, requestId: "probe" }),
  step("PollNexusOperationExecution", { operationId }),
  step("DeleteNexusOperationExecution", { operationId }),
];
