import { applicationFailure, command } from "../commands.js";
import type { Scenario, WorkflowRef } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";

/** A run that lives so long is followed by the next of its chain at once. */
export const LIFE_MS = 1100;

/** A parent whose first workflow task asked for a child; what its child runs as. */
export interface Family {
  readonly parent: WorkflowRef;
  readonly parentQueue: string;
  readonly childQueue: string;
  readonly childId: string;
}

/** The command that asks for the child. */
export function startChild(
  family: Omit<Family, "parent">,
  attributes: PlainObject = {},
): PlainObject {
  return command("START_CHILD_WORKFLOW_EXECUTION", {
    workflowId: family.childId,
    workflowType: { name: "Child" },
    taskQueue: { name: family.childQueue },
    ...attributes,
  });
}

/** Starts a parent whose first workflow task asks for a child and ends. */
export async function withChild(
  s: Scenario,
  attributes: PlainObject = {},
  start: PlainObject = {},
): Promise<Family> {
  const queues = {
    parentQueue: s.name("parent-queue"),
    childQueue: s.name("child-queue"),
    childId: s.name("child"),
  };
  const workflowId = s.name("parent");
  const taskQueue = { name: queues.parentQueue };
  const parent = await s.start({ workflowId, taskQueue, ...start });
  await s.runWorkflowTask(queues.parentQueue, [startChild(queues, attributes)]);
  return { ...queues, parent };
}

/** The parent learns that its child runs. */
export async function seeStart(s: Scenario, family: Family): Promise<void> {
  await s.runWorkflowTask(family.parentQueue);
}

/** The command that fails a workflow. */
export function failWorkflow(message: string): PlainObject {
  return command("FAIL_WORKFLOW_EXECUTION", { failure: applicationFailure(message) });
}
