import { command, payloads } from "../commands.js";
import type { PendingCall, PolledWorkflowTask, Scenario, WorkflowRef } from "../scenario.js";
import { type Plain, type PlainObject, pickBytes, pickNumber } from "../wire/plain.js";

const PROTOCOL = "temporal.api.update.v1";

/** A stage of an update by its short name. */
export function stage(name: "UNSPECIFIED" | "ADMITTED" | "ACCEPTED" | "COMPLETED"): PlainObject {
  return { lifecycleStage: `UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_${name}` };
}

/** The body of a request to update. */
export function updateRequest(updateId: string, request: PlainObject = {}): PlainObject {
  return {
    meta: { updateId, identity: "differential" },
    input: { name: "update", args: payloads("argument") },
    ...request,
  };
}

/** Sends an update without waiting for its outcome. */
export function beginUpdate(
  s: Scenario,
  run: WorkflowRef,
  update: {
    readonly id: string;
    readonly wait?: "ACCEPTED" | "COMPLETED";
    readonly request?: PlainObject;
    readonly deadlineMs?: number;
  },
): PendingCall {
  const { id, wait = "COMPLETED", deadlineMs } = update;
  return s.begin(
    "UpdateWorkflowExecution",
    {
      workflowExecution: { ...run },
      waitPolicy: stage(wait),
      request: updateRequest(id, update.request),
    },
    { label: `update ${id}`, ...(deadlineMs === undefined ? {} : { deadlineMs }) },
  );
}

/** What a worker says about updates: with each message goes the command for its place. */
export interface Answer {
  readonly messages: readonly PlainObject[];
  readonly commands: readonly PlainObject[];
  /** Further fields of the worker's answer. */
  readonly request?: PlainObject;
}

function message(updateId: string, suffix: string, body: PlainObject): PlainObject {
  return { id: `${updateId}/${suffix}`, protocolInstanceId: updateId, body };
}

/** The command that stands for a message. */
export function messageCommand(messageId: string): PlainObject {
  return command("PROTOCOL_MESSAGE", { messageId });
}

function withCommand(sent: PlainObject): Answer {
  return { messages: [sent], commands: [messageCommand(String(sent["id"]))] };
}

/** Accepts an update that came with a task. */
export function accept(updateId: string, task: PolledWorkflowTask): Answer {
  return withCommand(
    message(updateId, "accept", {
      "@type": `${PROTOCOL}.Acceptance`,
      acceptedRequestMessageId: `${updateId}/request`,
      acceptedRequestSequencingEventId: task.startedEventId - 1,
      acceptedRequest: updateRequest(updateId),
    }),
  );
}

/** Completes an accepted update. */
export function complete(updateId: string, result: Plain = "done"): Answer {
  return withCommand(
    message(updateId, "complete", {
      "@type": `${PROTOCOL}.Response`,
      meta: { updateId, identity: "worker" },
      outcome: { success: payloads(result) },
    }),
  );
}

/** Completes an accepted update with a failure. */
export function failUpdate(updateId: string): Answer {
  return withCommand(
    message(updateId, "complete", {
      "@type": `${PROTOCOL}.Response`,
      meta: { updateId, identity: "worker" },
      outcome: { failure: { message: "failed", applicationFailureInfo: { type: "Broken" } } },
    }),
  );
}

/** Rejects an update that came with a task. Rejections have no command. */
export function reject(updateId: string, task: PolledWorkflowTask): Answer {
  const body = {
    "@type": `${PROTOCOL}.Rejection`,
    rejectedRequestMessageId: `${updateId}/request`,
    rejectedRequestSequencingEventId: task.startedEventId - 1,
    rejectedRequest: updateRequest(updateId),
    failure: { message: "rejected", applicationFailureInfo: { type: "Invalid" } },
  };
  return { messages: [message(updateId, "reject", body)], commands: [] };
}

/** Answers a task with what is said about updates, and further commands. */
export async function answer(
  s: Scenario,
  task: PolledWorkflowTask,
  answers: readonly Answer[],
): Promise<PlainObject> {
  const messages = answers.flatMap((each) => each.messages);
  const commands = answers.flatMap((each) => each.commands);
  const request = Object.assign({ messages }, ...answers.map((each) => each.request ?? {}));
  return await s.completeWorkflowTask(task, commands, request as PlainObject);
}

/** Fields of a worker's answer that are not about updates. */
export function fieldsOnly(request: PlainObject): Answer {
  return { messages: [], commands: [], request };
}

/** Commands that are not about updates. */
export function commandsOnly(...commands: readonly PlainObject[]): Answer {
  return { messages: [], commands };
}

/** Starts a workflow and completes its first task. */
export async function startIdle(
  s: Scenario,
  request: PlainObject = {},
): Promise<{ readonly queue: string; readonly run: WorkflowRef }> {
  const queue = s.name("queue");
  const run = await s.start({ taskQueue: { name: queue }, ...request });
  await s.runWorkflowTask(queue);
  return { queue, run };
}

/** Waits until the server knows an update. */
export async function admitted(s: Scenario, run: WorkflowRef, updateId: string): Promise<void> {
  await s.callUntil(
    "PollWorkflowExecutionUpdate",
    { updateRef: { workflowExecution: { ...run }, updateId }, waitPolicy: stage("UNSPECIFIED") },
    () => true,
  );
}

/** Asks for an update, and puts errors into the transcript as well. */
export async function pollUpdate(
  s: Scenario,
  run: WorkflowRef,
  poll: { readonly id: string; readonly wait?: "ACCEPTED" | "COMPLETED" | "UNSPECIFIED" },
): Promise<void> {
  const updateRef = { workflowExecution: { ...run }, updateId: poll.id };
  const waitPolicy = stage(poll.wait ?? "COMPLETED");
  await s.attempt("PollWorkflowExecutionUpdate", { updateRef, waitPolicy });
}

/** The command that starts the timer "t1". */
export function timer(startToFireTimeout: string): PlainObject {
  return command("START_TIMER", { timerId: "t1", startToFireTimeout });
}

/** The task in a completion's response. */
export function inlineTask(response: PlainObject, execution: WorkflowRef): PolledWorkflowTask {
  const taskToken = pickBytes(response, "workflowTask.taskToken");
  const startedEventId = pickNumber(response, "workflowTask.startedEventId");
  return { taskToken, execution, startedEventId, response };
}
