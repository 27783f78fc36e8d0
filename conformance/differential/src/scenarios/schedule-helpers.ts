import type { Scenario } from "../scenario.js";
import { type PlainObject, pick, pickList, pickNumber, pickText } from "../wire/plain.js";

/** Nothing is due before the year 2090. */
export const NEVER: PlainObject = {
  interval: [{ interval: "3600s" }],
  startTime: "2090-01-01T00:00:00Z",
};
export const SECOND_SPEC: PlainObject = {
  cronString: ["0 12 * * 1"],
  startTime: "2090-01-01T00:00:00Z",
};
/** Everything was due in the year 2020. */
export const PAST: PlainObject = {
  interval: [{ interval: "3600s" }],
  endTime: "2021-01-01T00:00:00Z",
};

export function workflowOf(s: Scenario, change: PlainObject = {}): PlainObject {
  return {
    workflowId: s.name("workflow"),
    workflowType: { name: "Scheduled" },
    taskQueue: { name: s.name("queue") },
    ...change,
  };
}

export function scheduleOf(s: Scenario, spec: PlainObject, workflow?: PlainObject): PlainObject {
  return { spec, action: { startWorkflow: workflowOf(s, workflow) } };
}

export async function create(
  s: Scenario,
  made: {
    readonly scheduleId: string;
    readonly spec: PlainObject;
    readonly label?: string;
    readonly workflow?: PlainObject;
    readonly policies?: PlainObject;
    readonly state?: PlainObject;
    readonly patch?: PlainObject;
    readonly memo?: PlainObject;
    readonly searchAttributes?: PlainObject;
  },
): Promise<PlainObject | undefined> {
  const { scheduleId, spec, label, workflow, policies, state, patch, ...rest } = made;
  const schedule = {
    ...scheduleOf(s, spec, workflow),
    ...(policies && { policies }),
    ...(state && { state }),
  };
  const request = { scheduleId, schedule, requestId: s.uuid("request"), ...rest };
  const initialPatch = patch === undefined ? {} : { initialPatch: patch };
  const options = label === undefined ? {} : { label };
  return await s.attempt("CreateSchedule", { ...request, ...initialPatch }, options);
}

export async function update(s: Scenario, scheduleId: string, fields: PlainObject): Promise<void> {
  await s.call("UpdateSchedule", { scheduleId, requestId: s.uuid("request"), ...fields });
}

/** Triggers at an hour of a fixed day: the IDs of the workflows have the time. */
export async function trigger(
  s: Scenario,
  scheduleId: string,
  at: { readonly hour: number; readonly overlapPolicy?: string },
): Promise<void> {
  const { hour, overlapPolicy } = at;
  const policy = overlapPolicy === undefined ? {} : { overlapPolicy };
  const triggerImmediately = { scheduledTime: `2025-01-01T1${hour}:00:00Z`, ...policy };
  const request = { scheduleId, patch: { triggerImmediately }, requestId: s.uuid("request") };
  await s.call("PatchSchedule", request);
}

export async function until(
  s: Scenario,
  scheduleId: string,
  isDone: (info: PlainObject) => boolean,
): Promise<PlainObject> {
  return await s.callUntil("DescribeSchedule", { scheduleId }, (response) =>
    isDone(response["info"] as PlainObject),
  );
}

export async function untilActions(
  s: Scenario,
  scheduleId: string,
  count: number,
): Promise<PlainObject> {
  return await until(s, scheduleId, (info) => pickNumber(info, "actionCount") === count);
}

export async function untilIdle(s: Scenario, scheduleId: string): Promise<void> {
  await until(s, scheduleId, (info) => pickList(info, "runningWorkflows").length === 0);
}

export async function untilNotes(s: Scenario, scheduleId: string, notes: string): Promise<void> {
  await s.callUntil(
    "DescribeSchedule",
    { scheduleId },
    (response) => pick(response, "schedule.state.notes") === notes,
  );
}

export function workflowIdOf(described: PlainObject): string {
  const recent = pickList(described, "info.recentActions").at(-1);
  return pickText(recent, "startWorkflowResult.workflowId");
}

export async function terminate(s: Scenario, workflowId: string): Promise<void> {
  await s.call("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
}

/** Deletes the schedule and ends what it has started. */
export async function end(s: Scenario, scheduleId: string, described: PlainObject): Promise<void> {
  await s.call("DeleteSchedule", { scheduleId });
  const recent = pickList(described, "info.recentActions");
  for (const action of recent) {
    const workflowId = pickText(action, "startWorkflowResult.workflowId");
    await s.attempt("TerminateWorkflowExecution", { workflowExecution: { workflowId } });
  }
}
