import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { describe, it } from "node:test";
import {
  QueryNotRegisteredError,
  QueryRejectedError,
  WorkflowClient,
  WorkflowNotFoundError,
} from "@temporalio/client";
import { defineSearchAttributeKey } from "@temporalio/common";
import { client, connection, failureOf, newId, start, startWith, until } from "../suite.js";

const KEYWORD = defineSearchAttributeKey("SuiteKeyword", "KEYWORD");
const INT = defineSearchAttributeKey("SuiteInt", "INT");

async function idsOf(query) {
  const ids = [];
  for await (const { workflowId } of client.workflow.list({ query })) ids.push(workflowId);
  return ids.sort();
}

describe("search attributes, memo, lists", { concurrency: true, timeout: 15_000 }, () => {
  it("lists and counts by search attributes of the start and of the workflow", async () => {
    const keyword = randomUUID();
    const typedSearchAttributes = [{ key: KEYWORD, value: keyword }];
    const options = { typedSearchAttributes, memo: { kept: "yes", replaced: "no" } };
    const handles = await Promise.all(
      [1, 2, 3].map((number) => startWith("describeItself", { ...options, args: [number] })),
    );
    await Promise.all(handles.map((handle) => handle.result()));
    const closed = `SuiteKeyword = '${keyword}' AND ExecutionStatus = 'Completed'`;
    await until(async () => (await client.workflow.count(closed)).count === 3);
    const ids = handles.map(({ workflowId }) => workflowId);
    assert.deepEqual(await idsOf(`SuiteKeyword = '${keyword}'`), ids.toSorted());
    assert.deepEqual(await idsOf(`SuiteKeyword = '${keyword}' AND SuiteInt = 2`), [ids[1]]);
    assert.equal((await client.workflow.count(`SuiteKeyword = '${keyword}'`)).count, 3);
    const { groups } = await client.workflow.count(
      `SuiteKeyword = '${keyword}' GROUP BY ExecutionStatus`,
    );
    assert.deepEqual(groups, [{ count: 3, groupValues: [["Completed"]] }]);
    const description = await handles[0].describe();
    assert.equal(description.typedSearchAttributes.get(INT), 1);
    assert.deepEqual(description.memo, { kept: "yes", replaced: 1 });
  });

  it("describes what runs and what has ended", async () => {
    const handle = await start("collect", 1);
    const running = await handle.describe();
    assert.equal(running.status.name, "RUNNING");
    assert.equal(running.type, "collect");
    assert.equal(running.closeTime, undefined);
    await handle.signal("add", "one");
    await handle.result();
    const ended = await handle.describe();
    assert.equal(ended.status.name, "COMPLETED");
    assert.ok(ended.closeTime >= ended.startTime);
    assert.equal(ended.historyLength, (await handle.fetchHistory()).events.length);
  });

  it("says what it does not know", async () => {
    const nobody = client.workflow.getHandle(newId("nobody"));
    await assert.rejects(nobody.describe(), WorkflowNotFoundError);
    await assert.rejects(nobody.signal("add", 1), WorkflowNotFoundError);
    await assert.rejects(nobody.result(), WorkflowNotFoundError);
  });

  it("refuses signals to what has ended", async () => {
    const handle = await start("hello", "end");
    await handle.result();
    await assert.rejects(handle.signal("add", 1), WorkflowNotFoundError);
    await assert.rejects(handle.terminate(), WorkflowNotFoundError);
  });
});

describe("queries", { concurrency: true, timeout: 15_000 }, () => {
  it("fails for a query that the workflow does not know", async () => {
    const handle = await start("collect", 1);
    await assert.rejects(handle.query("unknown"), QueryNotRegisteredError);
    await handle.terminate();
  });

  it("rejects a query to a closed workflow under that condition", async () => {
    const handle = await start("collect", 0);
    await handle.result();
    assert.deepEqual(await handle.query("items"), []);
    const strict = new WorkflowClient({ connection, queryRejectCondition: "NOT_OPEN" });
    const query = strict.getHandle(handle.workflowId).query("items");
    await assert.rejects(query, QueryRejectedError);
  });

  it("answers for a workflow that was terminated", async () => {
    const handle = await start("collect", 2);
    await handle.signal("add", "before");
    assert.deepEqual(await handle.query("items"), ["before"]);
    await handle.terminate();
    await failureOf(handle);
    assert.deepEqual(await handle.query("items"), ["before"]);
  });

  it("sees all signals that were acknowledged before", async () => {
    const handle = await start("collect", 50);
    for (let number = 1; number < 10; number++) {
      await handle.signal("add", number);
      assert.equal((await handle.query("items")).length, number);
    }
    await handle.terminate();
  });
});
