import { randomUUID } from "node:crypto";
import { httpOutcome } from "./compare/http-outcome.js";
import { type JsonObject, Normaliser } from "./compare/normaliser.js";
import type {
  CallOptions,
  PendingCall,
  PolledActivityTask,
  PolledWorkflowTask,
  WorkflowRef,
} from "./scenario-call.js";
import type { SetupName } from "./servers/setups.js";
import type { GrpcCaller, Outcome } from "./wire/grpc-caller.js";
import type { HttpCaller, HttpRequest } from "./wire/http-caller.js";
import {
  type Plain,
  type PlainObject,
  pick,
  pickBytes,
  pickList,
  pickNumber,
  pickText,
} from "./wire/plain.js";
import { wireMethod } from "./wire/reflection.js";

export type { CallOptions, PendingCall, PolledWorkflowTask, WorkflowRef } from "./scenario-call.js";

/** A named script of calls; see {@link scenario}. */
export interface ScenarioDefinition {
  readonly name: string;
  /** The server that it runs on; `standard` unless it needs another configuration. */
  readonly setup: SetupName;
  readonly tolerances: readonly Tolerance[];
  readonly run: (s: Scenario) => Promise<void>;
}

/** One place where a server of ours differs on purpose. It is left out of the comparison. */
export interface Tolerance {
  /** RPC whose result differs. */
  readonly call: string;
  /** Path below the step, such as `response.history.events.*.eventTime`. */
  readonly path: string;
  readonly reason: string;
}

/**
 * Declares a scenario. Each result of a call goes into its transcript, in the order of the calls.
 */
export function scenario(
  name: string,
  run: (s: Scenario) => Promise<void>,
  options: { readonly setup?: SetupName; readonly tolerances?: readonly Tolerance[] } = {},
): ScenarioDefinition {
  const { setup = "standard", tolerances = [] } = options;
  return { name, setup, tolerances, run };
}

/** Ends a scenario whose next steps would make no sense; the transcript says why. */
export class ScenarioStoppedError extends Error {
  override readonly name = "ScenarioStoppedError";
}

const DEADLINE_MS = 20_000;
const WAIT_MS = 10_000;
const PAUSE_MS = 25;
const IDENTITY = "differential";

/** What a scenario's script works with. */
export class Scenario {
  readonly steps: JsonObject[] = [];
  readonly #caller: GrpcCaller;
  readonly #http: HttpCaller | undefined;
  readonly #normaliser = new Normaliser();

  constructor(caller: GrpcCaller, http?: HttpCaller) {
    this.#caller = caller;
    this.#http = http;
  }

  /** Returns an id that no other run uses; the transcript shows `<hint>`. */
  name(hint: string): string {
    const actual = `${hint}-${randomUUID().slice(0, 13)}`;
    this.#normaliser.register(actual, hint);
    return actual;
  }

  /** Makes the transcript show `<hint>` for a text that is another one in every run. */
  mask(actual: string, hint: string): void {
    this.#normaliser.register(actual, hint);
  }

  /** Returns a UUID that the transcript shows as `<hint>`, say for a run that does not exist. */
  uuid(hint: string): string {
    const actual = randomUUID();
    this.#normaliser.register(actual, hint);
    return actual;
  }

  /** Calls; an error ends the scenario. */
  async call(rpc: string, request: PlainObject, options: CallOptions = {}): Promise<PlainObject> {
    return await this.begin(rpc, request, options).response();
  }

  /** Calls where an error is one of the results to compare; returns undefined for it. */
  async attempt(
    rpc: string,
    request: PlainObject,
    options: CallOptions = {},
  ): Promise<PlainObject | undefined> {
    return await this.begin(rpc, request, options).result();
  }

  /** Calls without waiting. `namespace` and `identity` are filled in where a request has them. */
  begin(rpc: string, request: PlainObject, options: CallOptions = {}): PendingCall {
    const outcome =
      options.isRetried === true
        ? this.settle(rpc, request, isAvailable)
        : this.#send(rpc, request, options);
    const result = async (): Promise<PlainObject | undefined> => {
      const known = await outcome;
      this.#record(rpc, options, known);
      return known.kind === "response" ? known.response : undefined;
    };
    const response = async (): Promise<PlainObject> => {
      const found = await result();
      if (found === undefined) throw new ScenarioStoppedError(`${rpc} failed`);
      return found;
    };
    return { result, response };
  }

  /** Whether a run can be described; leaves nothing in the transcript. */
  async exists(run: WorkflowRef): Promise<boolean> {
    const request = { execution: { ...run } };
    const outcome = await this.#send("DescribeWorkflowExecution", request, {});
    return outcome.kind === "response";
  }

  /** Repeats a read until `until` holds, or ten seconds have gone; records the last result only. */
  async callUntil(
    rpc: string,
    request: PlainObject,
    until: (response: PlainObject) => boolean,
  ): Promise<PlainObject> {
    const isDone = (outcome: Outcome): boolean =>
      outcome.kind === "response" && until(outcome.response);
    const outcome = await this.settle(rpc, request, isDone);
    this.#record(rpc, {}, outcome);
    if (outcome.kind === "response" && isDone(outcome)) return outcome.response;
    throw new ScenarioStoppedError(`${rpc} did not come to the expected result`);
  }

  /** Repeats a call until its outcome is as wanted, or ten seconds have gone; records nothing. */
  async settle(
    rpc: string,
    request: PlainObject,
    until: (outcome: Outcome) => boolean,
  ): Promise<Outcome> {
    const giveUpAtMs = Date.now() + WAIT_MS;
    for (;;) {
      const outcome = await this.#send(rpc, request, {});
      if (until(outcome) || Date.now() > giveUpAtMs) return outcome;
      await this.pause(PAUSE_MS);
    }
  }

  /** Calls once, within a time, and leaves nothing in the transcript. */
  async quietly(rpc: string, request: PlainObject, deadlineMs: number): Promise<void> {
    await this.#send(rpc, request, { deadlineMs });
  }

  /** Asks over HTTP; the answer goes into the transcript, whatever it is. */
  async ask(method: string, path: string, request: HttpRequest = {}): Promise<void> {
    await this.beginAsk(method, path, request)();
  }

  /** Asks over HTTP without waiting; what is returned puts the answer into the transcript. */
  beginAsk(method: string, path: string, request: HttpRequest = {}): () => Promise<void> {
    if (this.#http === undefined) throw new ScenarioStoppedError("No HTTP listener is known");
    const answer = this.#http.ask(method, path, request);
    return async () => {
      const call = `${method} ${this.#normaliser.text(path, "uuid")}`;
      this.steps.push({ call, ...httpOutcome(await answer, this.#normaliser) });
    };
  }

  /** Puts what several results come to into the transcript. */
  note(label: string, summary: readonly string[]): void {
    this.steps.push({ label, summary });
  }

  /** Lets time pass. Only for what must not happen early; never to wait for something. */
  async pause(durationMs: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, durationMs));
  }

  /** Starts a workflow of type `Type`; names its id and queue after the arguments if not given. */
  async start(request: PlainObject): Promise<WorkflowRef> {
    const full = this.startRequest(request);
    const response = await this.call("StartWorkflowExecution", full);
    return { workflowId: pickText(full, "workflowId"), runId: pickText(response, "runId") };
  }

  /** Fills in what a start needs: the type `Type`, an id, a request id. */
  startRequest(request: PlainObject): PlainObject {
    return {
      workflowId: request.workflowId ?? this.name("workflow"),
      workflowType: { name: "Type" },
      requestId: this.uuid("start-request"),
      ...request,
    };
  }

  /** Polls until a workflow task comes; its absence ends the scenario. */
  async pollWorkflowTask(queue: string, request: PlainObject = {}): Promise<PolledWorkflowTask> {
    const poll = { taskQueue: { name: queue }, ...request };
    const response = await this.call("PollWorkflowTaskQueue", poll);
    const taskToken = pickBytes(response, "taskToken");
    if (taskToken.length === 0 && pick(response, "query") === undefined) {
      throw new ScenarioStoppedError("No workflow task came");
    }
    const workflowId = pickText(response, "workflowExecution.workflowId");
    const execution = { workflowId, runId: pickText(response, "workflowExecution.runId") };
    const startedEventId = pickNumber(response, "startedEventId");
    return { taskToken, execution, startedEventId, response };
  }

  /** Answers a workflow task with commands; an error ends the scenario. */
  async completeWorkflowTask(
    task: PolledWorkflowTask,
    commands: readonly PlainObject[],
    request: PlainObject = {},
  ): Promise<PlainObject> {
    const { taskToken } = task;
    return await this.call("RespondWorkflowTaskCompleted", { taskToken, commands, ...request });
  }

  /** Polls for the next workflow task of a queue and answers it with commands. */
  async runWorkflowTask(
    queue: string,
    commands: readonly PlainObject[] = [],
  ): Promise<PolledWorkflowTask> {
    const task = await this.pollWorkflowTask(queue);
    await this.completeWorkflowTask(task, commands);
    return task;
  }

  /** Polls until an activity task comes; its absence ends the scenario. */
  async pollActivityTask(queue: string): Promise<PolledActivityTask> {
    const response = await this.call("PollActivityTaskQueue", { taskQueue: { name: queue } });
    const taskToken = pickBytes(response, "taskToken");
    if (taskToken.length === 0) throw new ScenarioStoppedError("No activity task came");
    return { taskToken, response };
  }

  /** Reads the whole history into the transcript. */
  async history(execution: WorkflowRef): Promise<readonly Plain[]> {
    const response = await this.call("GetWorkflowExecutionHistory", {
      execution: { ...execution },
    });
    return pickList(response, "history.events");
  }

  /** Waits for the workflow's closing event and records it, then the whole history. */
  async closedHistory(execution: WorkflowRef): Promise<void> {
    await this.call("GetWorkflowExecutionHistory", {
      execution: { ...execution },
      waitNewEvent: true,
      historyEventFilterType: "HISTORY_EVENT_FILTER_TYPE_CLOSE_EVENT",
    });
    await this.history(execution);
  }

  async describe(execution: WorkflowRef): Promise<PlainObject> {
    return await this.call("DescribeWorkflowExecution", { execution: { ...execution } });
  }

  #send(rpc: string, request: PlainObject, options: CallOptions): Promise<Outcome> {
    const { fields } = wireMethod(rpc).request;
    const defaults: Record<string, Plain> = {};
    if ("namespace" in fields && !/Namespace$/.test(rpc)) defaults.namespace = "default";
    if ("identity" in fields) defaults.identity = IDENTITY;
    const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
    return this.#caller.call(rpc, { ...defaults, ...request }, deadlineMs);
  }

  #record(rpc: string, options: CallOptions, outcome: Outcome): void {
    const head = options.label === undefined ? { call: rpc } : { call: rpc, label: options.label };
    if (outcome.kind === "response" && options.summary !== undefined) {
      const lines = options.summary(outcome.response);
      const summary = lines.map((line) => this.#normaliser.text(line, "uuid"));
      this.steps.push({ ...head, summary });
      return;
    }
    this.steps.push({ ...head, ...this.#normaliser.outcome(outcome) });
  }
}

function isAvailable(outcome: Outcome): boolean {
  return outcome.kind === "response" || outcome.error.code !== "UNAVAILABLE";
}
