import { payloads } from "../commands.js";
import { scenario } from "../scenario.js";
import { terminate } from "../scripts.js";
import { closed, fail, mask, noTask, startActivities } from "./activity-operations.js";

/** So long that two times are not taken for one. */
const MOMENT_MS = 120;
const FOREVER = { retryPolicy: { initialInterval: "600s" } };
const QUICKLY = { retryPolicy: { initialInterval: "0.1s" } };
const LONGER = {
  activityOptions: { startToCloseTimeout: "77s", retryPolicy: { maximumAttempts: 7 } },
  updateMask: mask("startToCloseTimeout,retryPolicy.maximumAttempts"),
};

export const activityResetScenarios = [
  scenario("activity-reset-while-it-runs", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...QUICKLY, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    const beat = { taskToken, details: payloads("half") };
    await s.call("RecordActivityTaskHeartbeat", beat);
    await operate("ResetActivity", { id: "a1" });
    await s.call("RecordActivityTaskHeartbeat", beat, { label: "reset" });
    await s.describe(run);
    await fail(s, taskToken);
    const second = await s.pollActivityTask(queue);
    const late = { taskToken: second.taskToken };
    await s.call("RecordActivityTaskHeartbeat", late, { label: "of the next attempt" });
    await s.call("RespondActivityTaskCompleted", late);
    await closed(s, { queue, run });
  }),

  scenario("activity-reset-with-heartbeat-while-it-runs", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...QUICKLY, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    const beat = { taskToken, details: payloads("half") };
    await s.call("RecordActivityTaskHeartbeat", beat);
    await operate("ResetActivity", { id: "a1", resetHeartbeat: true });
    await s.describe(run);
    await fail(s, taskToken);
    await s.pollActivityTask(queue);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-reset-during-backoff", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...FOREVER, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RecordActivityTaskHeartbeat", { taskToken, details: payloads("half") });
    await fail(s, taskToken);
    await s.describe(run);
    await s.pause(MOMENT_MS);
    await operate("ResetActivity", { id: "a1" });
    const again = await s.pollActivityTask(queue);
    await s.describe(run);
    await fail(s, again.taskToken);
    await operate("ResetActivity", { id: "a1", resetHeartbeat: true, jitter: "0.2s" });
    await s.pollActivityTask(queue);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-reset-of-a-later-attempt", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...QUICKLY, heartbeatTimeout: "30s" },
    ]);
    await fail(s, (await s.pollActivityTask(queue)).taskToken);
    const { taskToken } = await s.pollActivityTask(queue);
    await operate("ResetActivity", { id: "a1" });
    await s.describe(run);
    await s.attempt("RecordActivityTaskHeartbeat", { taskToken });
    await s.attempt("RespondActivityTaskCompleted", { taskToken });
    await s.attempt("RecordActivityTaskHeartbeatById", { ...run, activityId: "a1" });
    await s.attempt("RespondActivityTaskCompletedById", { ...run, activityId: "a1" });
    await closed(s, { queue, run });
  }),

  scenario("activity-reset-of-a-waiting-one", async (s) => {
    const { queue, run, operate } = await startActivities(s, [{}]);
    await s.pause(MOMENT_MS);
    await operate("ResetActivity", { id: "a1" });
    const { taskToken } = await s.pollActivityTask(queue);
    await s.describe(run);
    await noTask(s, queue);
    await s.call("RespondActivityTaskCompleted", { taskToken });
    await closed(s, { queue, run });
  }),

  scenario("activity-reset-keeps-it-paused", async (s) => {
    const { queue, run, operate } = await startActivities(s, [
      { ...FOREVER, heartbeatTimeout: "30s" },
    ]);
    const { taskToken } = await s.pollActivityTask(queue);
    await s.call("RecordActivityTaskHeartbeat", { taskToken, details: payloads("half") });
    await fail(s, taskToken);
    await operate("PauseActivity", { id: "a1", reason: "a break" });
    await operate("ResetActivity", { id: "a1", keepPaused: true, resetHeartbeat: true });
    await s.describe(run);
    await noTask(s, queue);
    await operate("UnpauseActivity", { id: "a1" });
    await s.pollActivityTask(queue);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-reset-ends-a-pause", async (s) => {
    const other = s.name("other-queue");
    const elsewhere = { ...FOREVER, activityId: "a2", taskQueue: { name: other } };
    const { queue, run, operate } = await startActivities(s, [FOREVER, elsewhere]);
    await s.pollActivityTask(queue);
    await operate("PauseActivity", { type: "Act" });
    await s.pause(MOMENT_MS);
    await operate("ResetActivity", { matchAll: true });
    await s.pollActivityTask(other);
    await s.describe(run);
    await terminate(s, run);
  }),

  scenario("activity-reset-restores-options", async (s) => {
    const { queue, run, operate } = await startActivities(s, [FOREVER]);
    await s.pause(MOMENT_MS);
    await operate("UpdateActivityOptions", { id: "a1", ...LONGER });
    await operate("ResetActivity", { type: "Act", restoreOriginalOptions: true });
    await s.pollActivityTask(queue);
    await s.describe(run);
    await operate("UpdateActivityOptions", { id: "a1", ...LONGER });
    await operate("ResetActivity", { id: "a1" }, "options stay");
    await s.describe(run);
    await operate("ResetActivity", { id: "a1", restoreOriginalOptions: true });
    await s.describe(run);
    await terminate(s, run);
  }),
];
