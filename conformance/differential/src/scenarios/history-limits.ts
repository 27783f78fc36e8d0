import { command, payloads } from "../commands.js";
import { type Scenario, scenario } from "../scenario.js";

/** Signals a run so often that its history is over the limit. */
async function signalOverLimit(s: Scenario, input: string): Promise<void> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue } });
  for (let number = 1; number <= 6; number += 1) {
    await s.attempt("SignalWorkflowExecution", {
      workflowExecution: { ...run },
      signalName: "more",
      input: payloads(input),
      requestId: s.name(`signal-${number}`),
    });
  }
  await s.history(run);
}

export const historyLimitScenarios = [
  scenario("limit-history-count-by-signals", (s) => signalOverLimit(s, "x"), {
    setup: "shortHistories",
  }),
  scenario("limit-history-size-by-signals", (s) => signalOverLimit(s, "x".repeat(1000)), {
    setup: "smallHistories",
  }),
  scenario(
    "limit-history-count-by-commands",
    async (s) => {
      const queue = s.name("queue");
      const run = await s.start({ taskQueue: { name: queue } });
      const task = await s.pollWorkflowTask(queue);
      const markers = [1, 2, 3].map((number) =>
        command("RECORD_MARKER", { markerName: `marker-${number}` }),
      );
      await s.attempt("RespondWorkflowTaskCompleted", {
        taskToken: task.taskToken,
        commands: markers,
      });
      await s.history(run);
    },
    { setup: "shortHistories" },
  ),
];
