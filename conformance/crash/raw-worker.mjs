/** A worker of the wire alone, which runs the workflows of the crash test and their activities. */
import { decide } from "./decide.mjs";

const POLL_MS = 20_000;
const POLLERS = 16;

export class RawWorker {
  /** Run IDs whose activity completion was acknowledged. */
  acknowledgedActivities = new Set();
  #isStopped = false;

  constructor(client, queue, wanted) {
    this.client = client;
    this.taskQueue = { name: queue };
    this.wanted = wanted;
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
    const answer = decide(task, { ...this.wanted, taskQueue });
    await this.client.call("RespondWorkflowTaskCompleted", { taskToken, ...answer });
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
