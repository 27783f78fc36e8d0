import type { PlainObject } from "../wire/plain.js";

const EXECUTIONS = [{ workflowId: "w" }];
const TERMINATE = { executions: EXECUTIONS, terminationOperation: {} };

/** Requests to start a batch operation that are refused. */
export const BAD_BATCHES: Readonly<Record<string, PlainObject>> = {
  "without job ID": { ...TERMINATE, jobId: "" },
  "without reason": { ...TERMINATE, reason: "" },
  "without operation": { executions: EXECUTIONS },
  "without targets": { terminationOperation: {} },
  "two kinds of targets": { ...TERMINATE, visibilityQuery: "WorkflowId = 'w'" },
  "targets of another type": {
    targetExecutions: [{ type: "EXECUTION_TYPE_ACTIVITY", businessId: "a" }],
    terminationOperation: {},
  },
  "targets of no type": { targetExecutions: [{ businessId: "a" }], terminationOperation: {} },
  "activities of another type": {
    targetExecutions: [{ type: "EXECUTION_TYPE_WORKFLOW", businessId: "w" }],
    terminateActivitiesOperation: {},
  },
  "malformed query": { visibilityQuery: "()", terminationOperation: {} },
  "open query": { visibilityQuery: "WorkflowId = 'w", terminationOperation: {} },
  "query of a word": { visibilityQuery: "x y", terminationOperation: {} },
  "signal without name": { executions: EXECUTIONS, signalOperation: {} },
  "options without options": { executions: EXECUTIONS, updateWorkflowOptionsOperation: {} },
  "options without mask": {
    executions: EXECUTIONS,
    updateWorkflowOptionsOperation: { workflowExecutionOptions: {} },
  },
  "reset of no type": { executions: EXECUTIONS, resetOperation: {} },
  "reset without target": { executions: EXECUTIONS, resetOperation: { options: {} } },
  "unpause of nothing": { executions: EXECUTIONS, unpauseActivitiesOperation: {} },
  "unpause of no type": { executions: EXECUTIONS, unpauseActivitiesOperation: { type: "" } },
  "unpause not of all": {
    executions: EXECUTIONS,
    unpauseActivitiesOperation: { matchAll: false },
  },
  "activity reset of nothing": { executions: EXECUTIONS, resetActivitiesOperation: {} },
  "activity reset of no type": {
    executions: EXECUTIONS,
    resetActivitiesOperation: { type: "" },
  },
  "activity options of nothing": { executions: EXECUTIONS, updateActivityOptionsOperation: {} },
  "activity options both ways": {
    executions: EXECUTIONS,
    updateActivityOptionsOperation: { activityOptions: {}, restoreOriginal: true },
  },
  "activity options of no type": {
    executions: EXECUTIONS,
    updateActivityOptionsOperation: { type: "", restoreOriginal: true },
  },
};
