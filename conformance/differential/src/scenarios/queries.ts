import { applicationFailure, completeWorkflow, payload, payloads } from "../commands.js";
import { type PendingCall, type Scenario, scenario } from "../scenario.js";
import { type StartedRun, signal, startOnQueue, terminate } from "../scripts.js";
import { isObject, type PlainObject, pick, pickBytes } from "../wire/plain.js";

export const queryScenarios = [
  scenario("query-task-of-its-own", async (s) => {
    const started = await startedOnce(s);
    const asking = ask(s, started, { query: { queryArgs: payloads("arg") } });
    const { taskToken } = await s.pollWorkflowTask(started.queue);
    await s.call("RespondQueryTaskCompleted", {
      taskToken,
      completedType: "QUERY_RESULT_TYPE_ANSWERED",
      queryResult: payloads("answer"),
    });
    await asking.response();
    await s.attempt("RespondQueryTaskCompleted", { taskToken }, { label: "again" });
    await terminate(s, started.run);
    await s.history(started.run);
  }),

  scenario("query-task-failed", async (s) => {
    const started = await startedOnce(s);
    const asking = ask(s, started);
    const { taskToken } = await s.pollWorkflowTask(started.queue);
    await s.call("RespondQueryTaskCompleted", {
      taskToken,
      completedType: "QUERY_RESULT_TYPE_FAILED",
      errorMessage: "no such query",
      failure: applicationFailure("no such query"),
    });
    await asking.result();
    const without = ask(s, started);
    const second = await s.pollWorkflowTask(started.queue);
    await s.call("RespondQueryTaskCompleted", {
      taskToken: second.taskToken,
      completedType: "QUERY_RESULT_TYPE_FAILED",
      errorMessage: "no such query",
    });
    await without.result();
    await terminate(s, started.run);
  }),

  scenario("query-task-answered-badly", async (s) => {
    const started = await startedOnce(s);
    const asking = ask(s, started, { deadlineMs: 2000 });
    const { taskToken } = await s.pollWorkflowTask(started.queue);
    const answer = async (label: string, fields: PlainObject): Promise<void> => {
      await s.attempt("RespondQueryTaskCompleted", { taskToken, ...fields }, { label });
    };
    await answer("no token", { taskToken: "" });
    await answer("bad token", { taskToken: "garbage" });
    await answer("no type", {});
    await asking.result();
    await terminate(s, started.run);
  }),

  scenario("query-with-first-workflow-task", async (s) => {
    const started = await startOnQueue(s);
    const asking = ask(s, started);
    await s.pause(200); // The query must have come before the poll.
    const task = await s.pollWorkflowTask(started.queue);
    await s.completeWorkflowTask(task, [], { queryResults: answers(task.response, "attached") });
    await asking.response();
    await terminate(s, started.run);
    await s.history(started.run);
  }),

  scenario("query-with-workflow-task-for-a-signal", async (s) => {
    const started = await startedOnce(s);
    await signal(s, started.run, "news");
    const asking = ask(s, started);
    await s.pause(200); // As above.
    const task = await s.pollWorkflowTask(started.queue);
    await s.completeWorkflowTask(task, [], {
      queryResults: answers(task.response, undefined, "no such query"),
    });
    await asking.result();
    await terminate(s, started.run);
    await s.history(started.run);
  }),

  scenario("query-behind-a-started-workflow-task", async (s) => {
    const started = await startOnQueue(s);
    const task = await s.pollWorkflowTask(started.queue);
    const asking = ask(s, started);
    await s.pause(200); // The query must have come before the completion.
    await s.completeWorkflowTask(task, []);
    const { taskToken } = await s.pollWorkflowTask(started.queue);
    await s.call("RespondQueryTaskCompleted", {
      taskToken,
      completedType: "QUERY_RESULT_TYPE_ANSWERED",
      queryResult: payloads("after the task"),
    });
    await asking.response();
    await terminate(s, started.run);
    await s.history(started.run);
  }),

  scenario("query-behind-buffered-events", async (s) => {
    const started = await startOnQueue(s);
    const task = await s.pollWorkflowTask(started.queue);
    await signal(s, started.run, "news");
    const asking = ask(s, started);
    await s.pause(200); // As above.
    const response = await s.completeWorkflowTask(task, [], { returnNewWorkflowTask: true });
    const next = pick(response, "workflowTask");
    await s.call("RespondWorkflowTaskCompleted", {
      taskToken: pickBytes(next, "taskToken"),
      queryResults: answers(next, "after the news"),
    });
    await asking.response();
    await terminate(s, started.run);
    await s.history(started.run);
  }),

  scenario("query-unanswered-by-workflow-task", async (s) => {
    const started = await startOnQueue(s);
    const asking = ask(s, started);
    await s.pause(200); // As above.
    const task = await s.pollWorkflowTask(started.queue);
    await s.completeWorkflowTask(task, []);
    const { taskToken } = await s.pollWorkflowTask(started.queue);
    await s.call("RespondQueryTaskCompleted", {
      taskToken,
      completedType: "QUERY_RESULT_TYPE_ANSWERED",
      queryResult: payloads("late"),
    });
    await asking.response();
    await terminate(s, started.run);
  }),

  scenario("query-of-closing-workflow-task", async (s) => {
    const started = await startOnQueue(s);
    const asking = ask(s, started);
    await s.pause(200); // As above.
    const task = await s.pollWorkflowTask(started.queue);
    const queryResults = answers(task.response, "last words");
    await s.completeWorkflowTask(task, [completeWorkflow()], { queryResults });
    await asking.response();
    await s.history(started.run);
  }),

  scenario("query-reject-conditions", async (s) => {
    const started = await startedOnce(s);
    await terminate(s, started.run);
    for (const condition of ["NOT_OPEN", "NOT_COMPLETED_CLEANLY"]) {
      const queryRejectCondition = `QUERY_REJECT_CONDITION_${condition}`;
      await ask(s, started, { request: { queryRejectCondition } }).result();
    }
    const request = { queryRejectCondition: "QUERY_REJECT_CONDITION_NONE" };
    const asking = ask(s, started, { request });
    const { taskToken } = await s.pollWorkflowTask(started.queue);
    await s.call("RespondQueryTaskCompleted", {
      taskToken,
      completedType: "QUERY_RESULT_TYPE_ANSWERED",
      queryResult: payloads("of a closed run"),
    });
    await asking.response();
  }),

  scenario("query-refused", async (s) => {
    const started = await startOnQueue(s);
    const execution = { ...started.run };
    const query = { queryType: "q" };
    const refused = async (label: string, request: PlainObject): Promise<void> => {
      await s.attempt("QueryWorkflow", request, { label });
    };
    await refused("empty", {});
    await refused("no execution", { query });
    await refused("no workflow id", { execution: { workflowId: "" }, query });
    await refused("bad run id", { execution: { workflowId: "w", runId: "x" }, query });
    await refused("no query", { execution });
    await refused("no query type", { execution, query: {} });
    await refused("absent", { execution: { workflowId: s.name("absent") }, query });
    await terminate(s, started.run);
    await refused("closed before the first task", { execution, query });
  }),

  scenario("query-during-start-delay", async (s) => {
    const started = await startOnQueue(s, { workflowStartDelay: "600s" });
    await ask(s, started).result();
    await terminate(s, started.run);
  }),

  scenario("query-while-workflow-tasks-fail", async (s) => {
    const started = await startOnQueue(s);
    for (const message of ["first", "second", "third"]) {
      const { taskToken } = await s.pollWorkflowTask(started.queue);
      const failure = applicationFailure(message);
      await s.call("RespondWorkflowTaskFailed", { taskToken, failure });
    }
    await ask(s, started).result();
    await terminate(s, started.run);
  }),

  scenario("query-nobody-answers", async (s) => {
    const started = await startedOnce(s);
    await ask(s, started, { deadlineMs: 2000 }).result();
    await terminate(s, started.run);
  }),

  scenario("query-on-a-sticky-queue", async (s) => {
    const started = await startOnQueue(s);
    const sticky = s.name("sticky");
    const task = await s.pollWorkflowTask(started.queue);
    const workerTaskQueue = { name: sticky, kind: "TASK_QUEUE_KIND_STICKY" };
    const stickyAttributes = { workerTaskQueue, scheduleToStartTimeout: "5s" };
    await s.completeWorkflowTask(task, [], { stickyAttributes });
    const polling = s.begin("PollWorkflowTaskQueue", {
      taskQueue: { ...workerTaskQueue, normalName: started.queue },
    });
    await s.pause(200); // The worker must be known before the query comes.
    const asking = ask(s, started);
    const response = await polling.response();
    await s.call("RespondQueryTaskCompleted", {
      taskToken: pickBytes(response, "taskToken"),
      completedType: "QUERY_RESULT_TYPE_ANSWERED",
      queryResult: payloads("from the cache"),
    });
    await asking.response();
    await terminate(s, started.run);
  }),
];

/** A workflow whose first task is done and that waits. */
async function startedOnce(s: Scenario): Promise<StartedRun> {
  const started = await startOnQueue(s);
  await s.runWorkflowTask(started.queue);
  return started;
}

interface Question {
  readonly query?: PlainObject;
  readonly request?: PlainObject;
  readonly deadlineMs?: number;
}

function ask(s: Scenario, { run }: StartedRun, question: Question = {}): PendingCall {
  const { query, request, deadlineMs = 10_000 } = question;
  const header = { fields: { trace: payload("t") } };
  return s.begin(
    "QueryWorkflow",
    { execution: { ...run }, query: { queryType: "q", header, ...query }, ...request },
    { deadlineMs },
  );
}

/** Results for every query that a workflow task carries. */
function answers(
  task: PlainObject | ReturnType<typeof pick>,
  answer: string | undefined,
  errorMessage = "",
): PlainObject {
  const queries = pick(task, "queries");
  const isAnswered = answer !== undefined;
  const result = isAnswered
    ? { resultType: "QUERY_RESULT_TYPE_ANSWERED", answer: payloads(answer) }
    : { resultType: "QUERY_RESULT_TYPE_FAILED", errorMessage };
  const ids = isObject(queries) ? Object.keys(queries) : [];
  return Object.fromEntries(ids.map((id) => [id, result]));
}
