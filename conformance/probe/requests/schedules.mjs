/** A schedule that never fires by itself, workflow rules and batch operations. */
import { step } from "./step.mjs";

const scheduleId = "probe-schedule";
const schedule = {
  spec: {},
  action: {
    startWorkflow: {
      workflowId: "probe-scheduled",
      workflowType: { name: "Probe" },
      taskQueue: { name: "probe-schedule-queue" },
    },
  },
};

const rule = {
  id: "probe-rule",
  activityStart: { predicate: "ActivityType = 'Probe'" },
  actions: [{ activityPause: {} }],
};
const jobId = "probe-job";

export const scheduleSteps = [
  step("CreateSchedule", { scheduleId, schedule, requestId: "probe" }),
  step("DescribeSchedule", { scheduleId }),
  step("UpdateSchedule", { scheduleId, schedule, requestId: "probe" }),
  step("PatchSchedule", { scheduleId, patch: { pause: "probed" } }),
  step("ListScheduleMatchingTimes", {
    scheduleId,
    startTime: { seconds: 1_700_000_000 },
    endTime: { seconds: 1_700_000_100 },
  }),
  step("ListSchedules", {}),
  step("CountSchedules", {}),
  step("DeleteSchedule", { scheduleId }),
  step("CreateWorkflowRule", { spec: rule, requestId: "probe" }),
  step("DescribeWorkflowRule", { ruleId: rule.id }),
  step("ListWorkflowRules", {}),
  step("TriggerWorkflowRule", { execution: { workflowId: "probe-updated" }, id: rule.id }),
  step("DeleteWorkflowRule", { ruleId: rule.id }),
  step("StartBatchOperation", {
    jobId,
    reason: "probed",
    visibilityQuery: "WorkflowId = 'nobody'",
    terminationOperation: {},
  }),
  step("DescribeBatchOperation", { jobId }),
  step("ListBatchOperations", {}),
  step("StopBatchOperation", { jobId, reason: "probed" }),
];
