import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TaskKind, type TaskRow } from "../records.js";
import type { WithStore } from "./opened-store.js";
import { insertTask, ODD_TEXT, plain, sampleKey, sampleTask } from "./sample-rows.js";

const QUEUE = sampleTask(1).queue;
const FIRST_PAGE = { after: undefined, limit: 100 };

export function taskContract(test: WithStore): void {
  describe("tasks", () => {
    it(
      "reads back every field of a task exactly",
      test(async ({ store, reopen }) => {
        const queue = { namespaceId: ODD_TEXT, name: ODD_TEXT, taskKind: TaskKind.WORKFLOW };
        const task = sampleTask(2 ** 53 - 1, {
          queue,
          priority: 5,
          key: sampleKey(ODD_TEXT, ODD_TEXT),
          runId: "",
          scheduledEventId: 2 ** 40,
          stamp: 2 ** 31,
          createdAtMs: 0,
        });
        await store.commit([insertTask(task)]);
        const reopened = await reopen();
        assert.deepEqual(plain(await reopened.readTasks(queue, FIRST_PAGE)), plain([task]));
      }),
    );

    it(
      "hands out tasks of one queue by priority, then ID",
      test(async ({ store }) => {
        const tasks = [
          sampleTask(1, { priority: 3 }),
          sampleTask(2, { priority: 1 }),
          sampleTask(3, { priority: 5 }),
          sampleTask(4, { priority: 1 }),
          sampleTask(5, { queue: { ...QUEUE, taskKind: TaskKind.WORKFLOW } }),
          sampleTask(6, { queue: { ...QUEUE, name: "other" } }),
          sampleTask(7, { queue: { ...QUEUE, namespaceId: "other" } }),
        ];
        await store.commit(tasks.map(insertTask));
        const read = await store.readTasks(QUEUE, FIRST_PAGE);
        assert.deepEqual(
          read.map((task) => task.taskId),
          [2, 4, 1, 3],
        );
      }),
    );

    it(
      "pages through tasks and removes them",
      test(async ({ store }) => {
        const tasks = Array.from({ length: 25 }, (_, index) =>
          sampleTask(index + 1, { priority: 1 + (index % 3) }),
        );
        await store.commit(tasks.map(insertTask));
        const seen: TaskRow[] = [];
        for (let after: TaskRow | undefined; ; after = seen[seen.length - 1]) {
          const page = await store.readTasks(QUEUE, { after, limit: 4 });
          if (page.length === 0) break;
          seen.push(...page);
          // Removing what was read does not disturb the pages to come.
          await store.commit(page.map((place) => ({ kind: "removeTask", place })));
        }
        assert.equal(seen.length, 25);
        assert.equal(new Set(seen.map((task) => task.taskId)).size, 25);
        assert.deepEqual(await store.readTasks(QUEUE, FIRST_PAGE), []);
      }),
    );

    it(
      "removes a task that is not there without an error",
      test(async ({ store }) => {
        await store.commit([{ kind: "removeTask", place: sampleTask(1) }]);
        await store.commit([insertTask(sampleTask(1))]);
        const elsewhere = sampleTask(1, { priority: 4 });
        await store.commit([{ kind: "removeTask", place: elsewhere }]);
        assert.equal((await store.readTasks(QUEUE, FIRST_PAGE)).length, 1);
      }),
    );
  });
}
