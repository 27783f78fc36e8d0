/** Every call of the probe with a minimal valid request, in order. */
import { lastSteps, namespaceSteps } from "./namespaces.mjs";
import { nexusSteps } from "./nexus.mjs";
import { scheduleSteps } from "./schedules.mjs";
import { standaloneSteps } from "./standalone.mjs";
import { workerSteps } from "./workers.mjs";
import { workflowSteps } from "./workflows.mjs";

export const STEPS = [
  ...namespaceSteps,
  ...workflowSteps,
  ...scheduleSteps,
  ...workerSteps,
  ...standaloneSteps,
  ...nexusSteps,
  ...lastSteps,
];
