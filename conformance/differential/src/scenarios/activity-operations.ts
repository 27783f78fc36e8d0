import { applicationFailure, completeWorkflow, scheduleActivity } from "../commands.js";
import type { Scenario, WorkflowRef } from "../scenario.js";
import { type Plain, type PlainObject, pick, pickNumber } from "../wire/plain.js";

/** A workflow with activities, and the queue of both. */
export interface ActivityRun {
  readonly queue: string;
  readonly run: WorkflowRef;
}

/** Calls an RPC that works on activities of a run; `label` says in the transcript what for. */
export type Operate = (rpc: string, request: PlainObject, label?: string) => Promise<void>;

/** Starts a workflow whose first task schedules activities with these attributes. */
export async function startActivities(
  s: Scenario,
  activities: readonly PlainObject[],
): Promise<ActivityRun & { readonly operate: Operate }> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  const commands = activities.map((attributes) => scheduleActivity(queue, attributes));
  await s.runWorkflowTask(queue, commands);
  const operate: Operate = async (rpc, request, label) => {
    const options = label === undefined ? {} : { label };
    await s.attempt(rpc, { execution: { ...run }, ...request }, options);
  };
  return { queue, run, operate };
}

/** Fails an attempt, in a way that is tried again unless `info` says otherwise. */
export async function fail(
  s: Scenario,
  taskToken: Uint8Array,
  info: PlainObject = {},
): Promise<void> {
  const failure = applicationFailure("no luck", info);
  await s.attempt("RespondActivityTaskFailed", { taskToken, failure });
}

/** Polls for an activity task that must not come. */
export async function noTask(s: Scenario, queue: string): Promise<void> {
  const poll = { taskQueue: { name: queue } };
  const options = { label: "nothing comes", deadlineMs: 2500 };
  await s.attempt("PollActivityTaskQueue", poll, options);
}

/** Lists the workflow by the types of its paused activities. */
export async function listPaused(s: Scenario, run: WorkflowRef): Promise<void> {
  const query = `WorkflowId = '${run.workflowId}' AND TemporalPauseInfo = 'property:activityType=Act'`;
  const isThere = (response: PlainObject): boolean => pick(response, "executions.0") !== undefined;
  await s.callUntil("ListWorkflowExecutions", { query }, isThere);
}

/** Completes the workflow, and reads what became of it. */
export async function closed(s: Scenario, { queue, run }: ActivityRun): Promise<void> {
  await s.runWorkflowTask(queue, [completeWorkflow()]);
  await s.closedHistory(run);
  await s.describe(run);
}

/** Scheduled events of the activities in a history, in their order. */
export function scheduledEventIdOf(events: Plain | undefined): readonly number[] {
  if (!Array.isArray(events)) return [];
  return events
    .filter((event) => pick(event, "eventType") === "EVENT_TYPE_ACTIVITY_TASK_SCHEDULED")
    .map((event) => pickNumber(event, "eventId"));
}

/** A field mask, from names that commas separate. */
export function mask(fields: string): PlainObject {
  return { paths: fields === "" ? [] : fields.split(",") };
}
