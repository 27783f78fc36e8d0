import { payloads } from "../commands.js";
import { type PolledWorkflowTask, type Scenario, scenario } from "../scenario.js";
import type { PlainObject } from "../wire/plain.js";
import {
  accept,
  admitted,
  answer,
  beginUpdate,
  complete,
  messageCommand,
  pollUpdate,
  reject,
  stage,
  startIdle,
  updateRequest,
} from "./update-messages.js";

const PROTOCOL = "temporal.api.update.v1";

/** Requests and messages about updates that are wrong. */
export const updateErrorScenarios = [
  scenario("update-request-validation", async (s) => {
    const { run } = await startIdle(s);
    const workflowExecution = { ...run };
    const request = updateRequest("u1");
    const wrong: Readonly<Record<string, PlainObject>> = {
      "no execution": { request },
      "no workflow id": { workflowExecution: { workflowId: "" }, request },
      "run id is none": { workflowExecution: { ...run, runId: "no-uuid" }, request },
      "no request": { workflowExecution },
      "no meta": { workflowExecution, request: { input: { name: "update" } } },
      "no input": { workflowExecution, request: { meta: { updateId: "u1" } } },
      "no name": { workflowExecution, request: { meta: { updateId: "u1" }, input: {} } },
      "long id": { workflowExecution, request: updateRequest("u".repeat(1001)) },
      "only admitted": { workflowExecution, request, waitPolicy: stage("ADMITTED") },
      "another chain": { workflowExecution, request, firstExecutionRunId: s.uuid("chain") },
      "no such run": { workflowExecution: { ...run, runId: s.uuid("nobody") }, request },
      "no such workflow": { workflowExecution: { workflowId: s.name("absent") }, request },
    };
    for (const [label, update] of Object.entries(wrong)) {
      await s.attempt("UpdateWorkflowExecution", update, { label });
    }
  }),

  scenario("update-poll-validation", async (s) => {
    const { run } = await startIdle(s);
    const workflowExecution = { ...run };
    const absent = { workflowId: s.name("absent") };
    const wrong: Readonly<Record<string, PlainObject>> = {
      "no reference": {},
      "no execution": { updateRef: { updateId: "u1" } },
      "no workflow id": { updateRef: { updateId: "u1", workflowExecution: { workflowId: "" } } },
      "no update id": { updateRef: { workflowExecution } },
      "unknown update": { updateRef: { workflowExecution, updateId: "u1" } },
      "no such workflow": { updateRef: { workflowExecution: absent, updateId: "u1" } },
    };
    for (const [label, poll] of Object.entries(wrong)) {
      await s.attempt("PollWorkflowExecutionUpdate", poll, { label });
    }
  }),

  scenario("update-without-an-id", async (s) => {
    const { queue, run } = await startIdle(s);
    const request = { meta: { identity: "differential" }, input: { name: "update" } };
    const update = s.begin("UpdateWorkflowExecution", { workflowExecution: { ...run }, request });
    const task = await s.pollWorkflowTask(queue);
    await s.completeWorkflowTask(task, []);
    await update.response();
  }),

  scenario("update-in-flight-limit", async (s) => {
    const { run } = await startIdle(s);
    for (let count = 1; count <= 10; count++) {
      beginUpdate(s, run, { id: `u${count}` });
      await admitted(s, run, `u${count}`);
    }
    await beginUpdate(s, run, { id: "one too many", deadlineMs: 3000 }).result();
  }),

  scenario("update-without-a-worker", async (s) => {
    const { run } = await startIdle(s);
    await beginUpdate(s, run, { id: "u1", wait: "ACCEPTED", deadlineMs: 2000 }).result();
    await pollUpdate(s, run, { id: "u1", wait: "UNSPECIFIED" });
    const long = beginUpdate(s, run, { id: "u1", deadlineMs: 30_000 });
    await long.result();
  }),

  scenario("update-accepted-and-waited-for-too-long", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", deadlineMs: 30_000 });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task)]);
    await update.response();
  }),

  noMessage("without-a-body", undefined),
  noMessage("of-an-unnamed-type", { "@type": "", value: new Uint8Array(0) }),
  noMessage("of-a-type-without-a-package", { "@type": "Acceptance", value: new Uint8Array(0) }),
  badMessage("of-another-protocol", () => ({
    body: { "@type": "temporal.api.query.v1.WorkflowQuery", queryType: "state" },
  })),
  badMessage("that-is-a-request", () => ({
    body: { "@type": `${PROTOCOL}.Request`, ...updateRequest("u1") },
  })),
  badMessage("accepting-without-a-sequence", () => ({
    body: { "@type": `${PROTOCOL}.Acceptance`, acceptedRequestMessageId: "u1/request" },
  })),
  badMessage("accepting-without-a-message", () => ({
    body: { "@type": `${PROTOCOL}.Acceptance`, acceptedRequestSequencingEventId: 5 },
  })),
  badMessage("completing-before-acceptance", () => ({
    body: { "@type": `${PROTOCOL}.Response`, meta: { updateId: "u1" }, outcome: {} },
  })),
  badMessage("for-an-unknown-update", () => ({
    protocolInstanceId: "unknown",
    body: {
      "@type": `${PROTOCOL}.Acceptance`,
      acceptedRequestMessageId: "unknown/request",
      acceptedRequestSequencingEventId: 5,
    },
  })),
  badCompletion("without-meta", { meta: undefined }),
  badCompletion("without-an-id", { meta: { identity: "worker" } }),
  badCompletion("of-another-update", { meta: { updateId: "u2" } }),
  badCompletion("without-an-outcome", { outcome: undefined }),

  scenario("update-message-accepting-twice", async (s) => {
    await answerBadly(s, (task) => {
      const { messages, commands } = accept("u1", task);
      const second = messages.map((message) => ({ ...message, id: "second" }));
      return { messages: [...messages, ...second], commands };
    });
  }),

  scenario("update-message-accepting-after-acceptance", async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1", wait: "ACCEPTED" });
    const task = await s.pollWorkflowTask(queue);
    await answer(s, task, [accept("u1", task)]);
    await update.response();
    await s.call("SignalWorkflowExecution", { workflowExecution: { ...run }, signalName: "go" });
    const next = await s.pollWorkflowTask(queue);
    await answerAndFail(s, next, accept("u1", next));
  }),

  scenario("update-message-rejecting-after-acceptance", async (s) => {
    await answerBadly(s, (task) => {
      const accepted = accept("u1", task);
      const rejected = reject("u1", task);
      return {
        messages: [...accepted.messages, ...rejected.messages],
        commands: accepted.commands,
      };
    });
  }),

  scenario("update-message-completing-twice", async (s) => {
    await answerBadly(s, (task) => {
      const accepted = accept("u1", task);
      const { messages } = complete("u1");
      const second = messages.map((message) => ({ ...message, id: "second" }));
      return {
        messages: [...accepted.messages, ...messages, ...second],
        commands: accepted.commands,
      };
    });
  }),

  scenario("update-command-without-a-message", async (s) => {
    await answerBadly(s, () => ({ messages: [], commands: [messageCommand("absent")] }));
  }),

  scenario("update-command-without-an-id", async (s) => {
    await answerBadly(s, () => ({ messages: [], commands: [messageCommand("")] }));
  }),

  scenario("update-command-without-attributes", async (s) => {
    const commandType = "COMMAND_TYPE_PROTOCOL_MESSAGE";
    await answerBadly(s, () => ({ messages: [], commands: [{ commandType }] }));
  }),
];

interface WrongAnswer {
  readonly messages: readonly PlainObject[];
  readonly commands: readonly PlainObject[];
}

/** Answers the task of an update wrongly, and looks at what comes of it. */
async function answerBadly(
  s: Scenario,
  wrongly: (task: PolledWorkflowTask) => WrongAnswer,
): Promise<void> {
  const { queue, run } = await startIdle(s);
  const update = beginUpdate(s, run, { id: "u1", deadlineMs: 3000 });
  const task = await s.pollWorkflowTask(queue);
  await answerAndFail(s, task, wrongly(task));
  await update.result();
}

async function answerAndFail(
  s: Scenario,
  task: PolledWorkflowTask,
  wrong: WrongAnswer,
): Promise<void> {
  const { taskToken } = task;
  await s.attempt("RespondWorkflowTaskCompleted", { taskToken, ...wrong });
  await s.history(task.execution);
}

function badMessage(what: string, message: () => PlainObject): ReturnType<typeof scenario> {
  return scenario(`update-message-${what}`, async (s) => {
    await answerBadly(s, () => ({
      messages: [{ id: "m1", protocolInstanceId: "u1", ...message() }],
      commands: [],
    }));
  });
}

/** Sends what is no message of any protocol; the task is forgotten, and the update sent again. */
function noMessage(what: string, body: PlainObject | undefined): ReturnType<typeof scenario> {
  return scenario(`update-message-${what}`, async (s) => {
    const { queue, run } = await startIdle(s);
    const update = beginUpdate(s, run, { id: "u1" });
    const { taskToken } = await s.pollWorkflowTask(queue);
    const messages = [{ id: "m1", protocolInstanceId: "u1", body }];
    await s.attempt("RespondWorkflowTaskCompleted", { taskToken, messages });
    const again = await s.pollWorkflowTask(queue);
    await answer(s, again, [accept("u1", again), complete("u1")]);
    await update.response();
    await s.history(run);
  });
}

function badCompletion(what: string, change: PlainObject): ReturnType<typeof scenario> {
  return scenario(`update-message-completing-${what}`, async (s) => {
    await answerBadly(s, (task) => {
      const { messages, commands } = accept("u1", task);
      const body = {
        "@type": `${PROTOCOL}.Response`,
        meta: { updateId: "u1" },
        outcome: { success: payloads("done") },
        ...change,
      };
      const completion = { id: "m1", protocolInstanceId: "u1", body };
      return { messages: [...messages, completion], commands };
    });
  });
}
