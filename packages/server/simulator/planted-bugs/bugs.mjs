/**
 * Bugs that the simulation must find: each is one wrong line in the real server.
 *
 * @typedef {object} PlantedBug
 * @property {string} name - What the server does wrong.
 * @property {string} file - The compiled module, relative to `packages/server`.
 * @property {string} right - Text that occurs exactly once in it.
 * @property {string} wrong - What takes its place.
 */

/** @type {readonly PlantedBug[]} */
export const PLANTED_BUGS = [
  {
    name: "answers before the commit is durable",
    file: "runtime/dist/group-committer.js",
    right: "await this.#store.commit(batch.writes);",
    wrong: "batch.resolve(); await this.#store.commit(batch.writes);",
  },
  {
    name: "keeps a state in memory whose commit failed",
    file: "runtime/dist/group-committer.js",
    right: "owner.discard();",
    wrong: ";",
  },
  {
    name: "shows readers what is not durable",
    file: "runtime/dist/loaded-run.js",
    right: "this.state = next;",
    wrong: "this.state = next; this.durableState = next;",
  },
  {
    name: "does not store when a run wants to be woken",
    file: "runtime/dist/run-writes.js",
    right: 'writes.push({ kind: "updateRun", runNo: run.runNo, wakeAtMs: wantedMs ?? null });',
    wrong: ";",
  },
  {
    name: "fires timers that are nearly due",
    file: "engine/dist/workflow/wake.js",
    right: "deadline.atMs <= environment.nowMs;",
    wrong: "deadline.atMs <= environment.nowMs + 400;",
  },
  {
    name: "hands out an activity before its start is durable",
    file: "runtime/dist/task-dispatch.js",
    right: "ticket.durable.then(() => poller.deliver(dispatch), () => poller.release());",
    wrong: "poller.deliver(dispatch);",
  },
  {
    name: "applies a repeated signal twice",
    file: "engine/dist/workflow/step.js",
    right: "this.draft.signalRequestIds = this.draft.signalRequestIds.add(requestId);",
    wrong: ";",
  },
  {
    name: "forgets the request IDs of signals when it restarts",
    file: "engine/dist/workflow/step.js",
    right: "this.#signalRequestIds.push(requestId);",
    wrong: ";",
  },
  {
    name: "loses ends of activities that waited with other events",
    file: "engine/dist/workflow/buffered-events.js",
    right: "return last.length === 0 ? first : [...first, ...last];",
    wrong: "return first.length === 0 ? last : first;",
  },
  {
    name: "closes a run although news waits",
    file: "engine/dist/workflow/commands.js",
    right: "if (!step.draft.buffered.isEmpty()) {",
    wrong: "if (false) {",
  },
  {
    name: "leaves timers out of snapshots",
    file: "engine/dist/workflow/load-run.js",
    right: "timers: run.timers.valueSeq().toArray(),",
    wrong: "",
  },
  {
    name: "does not offer a task that is stored",
    file: "runtime/dist/workflow-host.js",
    right: "this.#dispatcher?.offer(task);",
    wrong: ";",
  },
  {
    name: "does not read task queues again after a failed commit",
    file: "runtime/dist/group-committer.js",
    right: "        this.#onFailure();",
    wrong: "        ;",
  },
  {
    name: "starts an activity once more than its retry policy allows",
    file: "engine/dist/workflow/retry.js",
    right: "attempt >= attemptsMax)",
    wrong: "attempt > attemptsMax)",
  },
  {
    name: "lets a workflow leave memory while it is in use",
    file: "runtime/dist/entity-slot.js",
    right: " || this.#holdCount > 0)",
    wrong: ")",
  },
];
