import { payload } from "../commands.js";
import { scenario } from "../scenario.js";
import { type PlainObject, pick, pickList } from "../wire/plain.js";
import { create, NEVER, SECOND_SPEC, scheduleOf, untilNotes, update } from "./schedule-helpers.js";
import { SPECS, TIMES } from "./schedule-specs.js";

export const scheduleScenarios = [
  scenario("schedule-specs", async (s) => {
    for (const [label, spec] of Object.entries(SPECS)) {
      const scheduleId = s.name("schedule");
      const created = await create(s, { scheduleId, spec, label });
      if (created === undefined) continue;
      await s.call("DescribeSchedule", { scheduleId });
      await s.call("DeleteSchedule", { scheduleId });
    }
  }),

  scenario("schedule-matching-times", async (s) => {
    for (const [label, { spec, startTime, endTime }] of Object.entries(TIMES)) {
      const scheduleId = s.name("schedule");
      await create(s, { scheduleId, spec, label });
      await s.call(
        "ListScheduleMatchingTimes",
        { scheduleId, startTime, endTime },
        { summary: (response) => pickList(response, "startTime").map(String) },
      );
      await s.call("DeleteSchedule", { scheduleId });
    }
  }),

  scenario("schedule-requests-that-are-refused", async (s) => {
    const scheduleId = s.name("schedule");
    await create(s, { scheduleId, spec: NEVER });
    await create(s, { scheduleId, spec: NEVER, label: "same ID" });
    for (const [label, change] of Object.entries(BAD_WORKFLOWS)) {
      await create(s, { scheduleId: s.name("bad"), spec: NEVER, label, workflow: change });
    }
    const schedule = { spec: NEVER };
    await s.attempt("CreateSchedule", { scheduleId: s.name("none"), schedule, requestId: "" });
    await s.attempt("UpdateSchedule", { scheduleId, schedule }, { label: "without action" });
    await s.attempt("PatchSchedule", { scheduleId }, { label: "without patch" });
    await s.attempt("PatchSchedule", { scheduleId, patch: { pause: "x".repeat(1001) } });
    await s.attempt("ListScheduleMatchingTimes", { scheduleId }, { label: "without times" });
    const other = s.name("other");
    await s.attempt("DescribeSchedule", { scheduleId: other });
    await s.attempt("PatchSchedule", { scheduleId: other, patch: { pause: "x" } });
    await s.attempt("DeleteSchedule", { scheduleId: other });
    await s.attempt("UpdateSchedule", { scheduleId: other, schedule: scheduleOf(s, NEVER) });
    await s.call("DeleteSchedule", { scheduleId });
    await s.attempt("DescribeSchedule", { scheduleId }, { label: "deleted" });
    await s.attempt("DeleteSchedule", { scheduleId }, { label: "deleted" });
  }),

  scenario("schedule-pauses-and-unpauses", async (s) => {
    const scheduleId = s.name("schedule");
    await create(s, { scheduleId, spec: NEVER, state: { notes: "first" } });
    const patch = (text: PlainObject): Promise<PlainObject> =>
      s.call("PatchSchedule", { scheduleId, patch: text, requestId: s.uuid("request") });
    await patch({ pause: "stop" });
    await untilNotes(s, scheduleId, "stop");
    await patch({ pause: "again" });
    await untilNotes(s, scheduleId, "again");
    await patch({ unpause: "go" });
    await untilNotes(s, scheduleId, "go");
    await s.call("DeleteSchedule", { scheduleId });
  }),

  scenario("schedule-update", async (s) => {
    const scheduleId = s.name("schedule");
    await create(s, { scheduleId, spec: NEVER });
    const described = await s.call("DescribeSchedule", { scheduleId });
    const conflictToken = pick(described, "conflictToken") ?? "";
    const changed = { ...scheduleOf(s, SECOND_SPEC), state: { notes: "changed" } };
    await update(s, scheduleId, { schedule: changed, conflictToken });
    await untilNotes(s, scheduleId, "changed");
    const late = { ...scheduleOf(s, NEVER), state: { notes: "late" } };
    await update(s, scheduleId, { schedule: late, conflictToken });
    const last = { ...scheduleOf(s, NEVER), state: { notes: "last" } };
    await update(s, scheduleId, { schedule: last });
    await untilNotes(s, scheduleId, "last");
    await s.attempt("UpdateSchedule", { scheduleId, schedule: last, memo: { fields: {} } });
    await s.call("DeleteSchedule", { scheduleId });
  }),

  scenario("schedule-lists", async (s) => {
    const scheduleId = s.name("schedule");
    const searchAttributes = { indexedFields: { DiffKeyword: payload(scheduleId) } };
    const memo = { fields: { note: payload("m") } };
    await create(s, { scheduleId, spec: SECOND_SPEC, searchAttributes, memo });
    const own = `DiffKeyword = '${scheduleId}'`;
    const isListed = (response: PlainObject): boolean =>
      pickList(response, "schedules").length === 1;
    await s.callUntil("ListSchedules", { query: own }, isListed);
    await s.callUntil("ListSchedules", { query: `ScheduleId = '${scheduleId}'` }, isListed);
    await s.call("CountSchedules", { query: own });
    const paused = `${own} AND TemporalSchedulePaused = true`;
    await s.call("ListSchedules", { query: paused });
    await s.call("PatchSchedule", { scheduleId, patch: { pause: "stop" } });
    await s.callUntil("ListSchedules", { query: paused }, isListed);
    for (const query of BAD_FILTERS) await s.attempt("ListSchedules", { query }, { label: query });
    await s.call("DeleteSchedule", { scheduleId });
    await s.callUntil(
      "ListSchedules",
      { query: own },
      (r) => pickList(r, "schedules").length === 0,
    );
  }),
];

const BAD_WORKFLOWS: Readonly<Record<string, PlainObject>> = {
  "without type": { workflowType: {} },
  "without queue": { taskQueue: { name: "" } },
  "with cron": { cronSchedule: "* * * * *" },
  "with reuse policy": { workflowIdReusePolicy: "WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE" },
  "negative timeout": { workflowRunTimeout: "-1s" },
  "unknown attribute": { searchAttributes: { indexedFields: { NoSuch: payload("x") } } },
  "long ID": { workflowId: "w".repeat(990) },
};

const BAD_FILTERS = ["ExecutionStatus = 'Running'", "NoSuch = 1", "ScheduleId =", "StartTime > 1"];
