import { completeWorkflow } from "../commands.js";
import { scenario } from "../scenario.js";
import { signal, terminate } from "../scripts.js";
import { type PlainObject, pickList } from "../wire/plain.js";
import { type Family, seeStart, startChild, withChild } from "./family.js";
import { reset } from "./reset-calls.js";

function hasNoChildren(answer: PlainObject): boolean {
  return pickList(answer, "pendingChildren").length === 0;
}

export const resetChildScenarios = [
  scenario("reset-keeps-children-that-started-before", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await signal(s, family.parent, "go");
    await s.runWorkflowTask(family.parentQueue);
    await s.history(family.parent);
    const next = await reset(s, family.parent, 13);
    await s.history(next);
    await s.describe(next);
    const child = await s.runWorkflowTask(family.childQueue, [completeWorkflow("out")]);
    await s.callUntil("DescribeWorkflowExecution", { execution: { ...next } }, hasNoChildren);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(next);
    await s.describe(child.execution);
  }),

  scenario("reset-reconnects-a-child-that-started-after", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow("out")]);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    const next = await reset(s, family.parent, 9);
    await s.history(next);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(next);
    await s.history(family.parent);
  }),

  scenario("reset-to-before-a-child-began", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    const next = await reset(s, family.parent, 4);
    await s.history(next);
    const child = await s.pollWorkflowTask(family.childQueue);
    await s.runWorkflowTask(family.parentQueue, [startChild(family)]);
    await s.runWorkflowTask(family.parentQueue);
    await s.history(next);
    await s.completeWorkflowTask(child, [completeWorkflow()]);
    await terminate(s, next);
  }),

  scenario("reset-of-a-child", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    const first = await s.runWorkflowTask(family.childQueue);
    const child = await reset(s, first.execution, 4);
    await s.describe(family.parent);
    await s.describe(child);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow("out")]);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(family.parent);
  }),

  scenario("reset-of-a-finished-child", async (s) => {
    const family: Family = await withChild(s);
    await seeStart(s, family);
    const first = await s.runWorkflowTask(family.childQueue, [completeWorkflow("one")]);
    await s.runWorkflowTask(family.parentQueue);
    const child = await reset(s, first.execution, 4);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow("two")]);
    await s.closedHistory(child);
    await s.history(family.parent);
    await terminate(s, family.parent);
  }),

  scenario("reset-twice-with-a-child", async (s) => {
    const family = await withChild(s);
    await seeStart(s, family);
    const next = await reset(s, family.parent, 9);
    const last = await reset(s, next, 9);
    await s.describe(last);
    await s.runWorkflowTask(family.parentQueue);
    await s.runWorkflowTask(family.childQueue, [completeWorkflow("out")]);
    await s.runWorkflowTask(family.parentQueue, [completeWorkflow()]);
    await s.history(last);
  }),
] as const;
