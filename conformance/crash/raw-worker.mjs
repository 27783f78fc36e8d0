/**
 * A worker of the wire alone: each workflow runs one activity, waits for its signals and completes.
 */
const POLL_MS = 20_000;
const POLLERS = 8;

export class RawWorker {
  /** Run IDs whose activity completion was acknowledged. */
  acknowledgedActivities = new Set();
  #isStopped = false;

  constructor(client, queue, signalCount) {
    this.client = client;
    this.taskQueue = { name: queue };
    this.signalCount = signalCount;
  }

  start() {
    for (let poller = 0; poller < POLLERS; poller++) {
      void this.#loop(() => this.#workflowTask());
      void this.#loop(() => this.#activityTask());
    }
  }

  stop() {
    this.#isStopped = true;
  }

  /** Polls again after whatever comes of a poll: the server goes away and comes back. */
  async #loop(poll) {
    while (!this.#isStopped) {
      try {
        await poll();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    }
  }

  async #workflowTask() {
    const { taskQueue } = this;
    const task = await this.client.call("PollWorkflowTaskQueue", { taskQueue }, POLL_MS);
    if (task.taskToken === undefined || task.taskToken.length === 0) return;
    const { taskToken } = task;
    const commands = this.#decide(task.history.events);
    await this.client.call("RespondWorkflowTaskCompleted", { taskToken, commands });
  }

  #decide(events) {
    const has = (attribute) => events.some((event) => event[attribute]);
    if (!has("activityTaskScheduledEventAttributes")) {
      const attributes = {
        activityId: "1",
        activityType: { name: "work" },
        taskQueue: this.taskQueue,
        startToCloseTimeout: { seconds: 2 },
        retryPolicy: { initialInterval: { nanos: 100_000_000 } },
      };
      return [
        {
          commandType: "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
          scheduleActivityTaskCommandAttributes: attributes,
        },
      ];
    }
    const signals = events.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
    const isDone = has("activityTaskCompletedEventAttributes") && signals >= this.signalCount;
    if (!isDone) return [];
    return [
      {
        commandType: "COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION",
        completeWorkflowExecutionCommandAttributes: {},
      },
    ];
  }

  async #activityTask() {
    const { taskQueue } = this;
    const task = await this.client.call("PollActivityTaskQueue", { taskQueue }, POLL_MS);
    if (task.taskToken === undefined || task.taskToken.length === 0) return;
    const { taskToken } = task;
    await this.client.call("RespondActivityTaskCompleted", { taskToken });
    this.acknowledgedActivities.add(task.workflowExecution.runId);
  }
}
