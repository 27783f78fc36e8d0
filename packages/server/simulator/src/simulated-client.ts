import { type DomainErrorCode, WorkflowAlreadyStartedError } from "@perdure/kernel";
import {
  EventType,
  HistoryEventFilterType,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type {
  GetWorkflowExecutionHistoryResponse,
  StartWorkflowExecutionResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { operateActivities } from "./activity-operator.js";
import type { ClientPlan } from "./client-plan.js";
import {
  currentRunId,
  isEndedByReset,
  type OperatedRun,
  pauseAtSomeTime,
  resetAtSomeTime,
} from "./simulated-operator.js";
import { readBehindWrite } from "./simulated-reader.js";
import { type MethodName, NAMESPACE } from "./simulated-server.js";
import { sendUpdate } from "./simulated-updates.js";
import { TASK_QUEUE } from "./simulated-worker.js";
import { isExpected, type World } from "./world.js";

const namespace = NAMESPACE.name;
/** How long a client waits for an answer. */
export const CALL_TIMEOUT_MS = 10_000;
/** Errors that another try would meet again. */
const FINAL_ERRORS: ReadonlySet<DomainErrorCode> = new Set([
  "NOT_FOUND",
  "WORKFLOW_ALREADY_STARTED",
  "ABORTED",
]);

/** One run that a client was told of. */
export interface KnownRun {
  readonly runId: string;
  /** Request IDs of signals that were acknowledged. */
  readonly acknowledgedSignals: string[];
  /** IDs of updates whose completion was told. */
  readonly acknowledgedUpdates: string[];
  /** Whether the run ended because another one was made of it, or of one before it. */
  isEndedByReset: boolean;
}

/** A client that starts one workflow, signals it as often as its program waits, and sees it end. */
export class SimulatedClient {
  readonly plan: ClientPlan;
  readonly runs: KnownRun[] = [];
  isDone = false;
  /** Whether the client asked to end a run: which run of the ID it meets, the server decides. */
  isInterrupted = false;

  constructor(
    readonly world: World,
    plan: ClientPlan,
  ) {
    this.plan = plan;
  }

  async run(): Promise<void> {
    const { world, plan } = this;
    await world.sleep(world.draw(5000));
    for (let life = 0; life < plan.lives; life++) {
      if (life > 0) world.cover("a workflow ID was used again");
      await this.#live(life);
    }
    this.isDone = true;
    world.trace(`ended ${plan.workflowId}`);
  }

  async #live(life: number): Promise<void> {
    const { workflowId, steps, continuations } = this.plan;
    const request = {
      namespace,
      workflowId,
      workflowType: { name: JSON.stringify({ steps, continuations }) },
      taskQueue: { name: TASK_QUEUE },
      requestId: `start ${workflowId} ${life}`,
      workflowIdReusePolicy:
        this.plan.lives > 1
          ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
          : WorkflowIdReusePolicy.REJECT_DUPLICATE,
    };
    const runId = await this.#start(request);
    this.world.trace(`started ${workflowId}`);
    const first = this.#know(runId);
    const interruption = this.#interrupt(life);
    const queries = this.plan.asksQueries ? this.#query(first.runId) : undefined;
    const operations = this.plan.operatesActivities ? this.#operate(first.runId) : undefined;
    const repair = this.#repair(first.runId);
    let last = await this.#follow(first, `${life}`);
    await operations;
    await repair;
    await interruption;
    await queries;
    // A reset may have come after the end, and once more if its answer was lost.
    for (let count = 0; this.plan.operation === "reset"; count++) {
      const runId = await currentRunId(this.#operated(last.runId));
      if (runId === last.runId) return;
      if (!last.isEndedByReset) this.world.cover("a closed workflow was reset");
      last = await this.#follow(this.#know(runId), `${life} after reset ${count}`);
    }
  }

  /** Starts the workflow; the answer is the first run of the chain. */
  async #start(request: object): Promise<string> {
    const onRepeat = (): void => this.world.cover("a start was repeated");
    try {
      const method = "StartWorkflowExecution";
      const started = await this.#untilAnswered<StartWorkflowExecutionResponse>(
        method,
        request,
        onRepeat,
      );
      return started.runId;
    } catch (error) {
      // The start of a lost answer has come so far that another run of its chain is current.
      if (!(error instanceof WorkflowAlreadyStartedError)) throw error;
      return error.existing.firstExecutionRunId;
    }
  }

  #know(runId: string): KnownRun {
    const run = {
      runId,
      acknowledgedSignals: [],
      acknowledgedUpdates: [],
      isEndedByReset: false,
    };
    this.runs.push(run);
    return run;
  }

  async #repair(runId: string): Promise<void> {
    const { world } = this;
    const { operation } = this.plan;
    if (operation === "reset") await resetAtSomeTime(world, this.#operated(runId));
    if (operation === "pause") await pauseAtSomeTime(world, this.#operated(runId));
  }

  #operated(runId: string): OperatedRun {
    const { workflowId } = this.plan;
    return { workflowId, runId, call: (name, request) => this.#untilAnswered(name, request) };
  }

  /** Sees a run and those that it continues as end; returns the last. */
  async #follow(first: KnownRun, life: string): Promise<KnownRun> {
    let run = first;
    for (let link = 0; ; link++) {
      const signals = this.#signalAll(run, `${life} ${link}`);
      const updates = this.#updateAll(run, `${life} ${link}`);
      const close = await this.#closeOf(run.runId);
      await Promise.all([signals, updates]);
      const attributes = close.attributes;
      run.isEndedByReset = isEndedByReset(close);
      if (attributes?.kind !== "workflowExecutionContinuedAsNewEventAttributes") return run;
      this.world.cover("a workflow continued as new");
      run = this.#know(attributes.value.newExecutionRunId);
    }
  }

  async #signalAll(run: KnownRun, place: string): Promise<void> {
    const { world } = this;
    const { workflowId, steps } = this.plan;
    const count = this.plan.extraSignals + steps.filter(({ kind }) => kind === "signal").length;
    for (let number = 0; number < count; number++) {
      await world.sleep(world.draw(3000));
      const requestId = `signal ${workflowId} ${place} ${number}`;
      const workflowExecution = { workflowId, runId: run.runId };
      const request = { namespace, workflowExecution, signalName: "go", requestId };
      const reading = world.chance(0.5)
        ? readBehindWrite(world, { workflowId, runId: run.runId })
        : undefined;
      const isDone = await this.#whileOpen("SignalWorkflowExecution", request);
      await reading;
      if (isDone) run.acknowledgedSignals.push(requestId);
      else world.cover("a repeated signal met a closed run");
    }
  }

  async #updateAll(run: KnownRun, place: string): Promise<void> {
    const { world } = this;
    const { workflowId, steps } = this.plan;
    const count = steps.filter(({ kind }) => kind === "update").length;
    for (let number = 0; number < count; number++) {
      await world.sleep(world.draw(3000));
      const name = `update ${workflowId} ${place} ${number}`;
      const target = { workflowId, runId: run.runId, name };
      const updateId = await sendUpdate(world, target, (method, request) =>
        this.#untilAnswered(method, request),
      );
      if (updateId === undefined) return;
      world.cover("an update was completed");
      run.acknowledgedUpdates.push(updateId);
    }
  }

  /** Asks the current run to end, at some time. */
  async #interrupt(life: number): Promise<void> {
    const { world } = this;
    const { workflowId, interruption } = this.plan;
    if (interruption === undefined || life > 0) return;
    await world.sleep(world.draw(20_000));
    this.isInterrupted = true;
    const isCancel = interruption === "cancel";
    const method = isCancel ? "RequestCancelWorkflowExecution" : "TerminateWorkflowExecution";
    const workflowExecution = { workflowId };
    const request = { namespace, workflowExecution, requestId: `end ${workflowId}`, reason: "sim" };
    const isDone = await this.#whileOpen(method, request);
    if (isDone && isCancel) world.cover("a workflow was asked to cancel");
  }

  #operate(runId: string): Promise<void> {
    const { world } = this;
    world.operatedRuns.add(runId);
    return operateActivities(world, { workflowId: this.plan.workflowId, runId });
  }

  async #query(runId: string): Promise<void> {
    const { world } = this;
    const { workflowId } = this.plan;
    for (let count = 0; count < 3; count++) {
      await world.sleep(world.draw(6000));
      const { server } = world;
      if (server === undefined) continue;
      const execution = { workflowId, runId };
      const request = { namespace, execution, query: { queryType: "signals" } };
      try {
        await server.call("QueryWorkflow", request, CALL_TIMEOUT_MS);
        world.cover("a query was answered");
      } catch (error) {
        if (!isExpected(error)) throw error;
      }
    }
  }

  async #closeOf(runId: string): Promise<HistoryEvent> {
    let nextPageToken: Uint8Array = new Uint8Array(0);
    for (;;) {
      const answer: GetWorkflowExecutionHistoryResponse = await this.#untilAnswered(
        "GetWorkflowExecutionHistory",
        {
          namespace,
          execution: { workflowId: this.plan.workflowId, runId },
          waitNewEvent: true,
          historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT,
          nextPageToken,
        },
      );
      const event = answer.history?.events[0];
      if (event !== undefined && event.eventType !== EventType.UNSPECIFIED) return event;
      nextPageToken = answer.nextPageToken;
    }
  }

  /** Repeats a call until it is answered; whether it found the workflow open. */
  async #whileOpen(name: MethodName, request: object): Promise<boolean> {
    try {
      await this.#untilAnswered(name, request);
      return true;
    } catch (error) {
      if (!isExpected(error) || error.code !== "NOT_FOUND") throw error;
      return false;
    }
  }

  /** Repeats a call until the server answers it: nobody knows whether a failed one happened. */
  async #untilAnswered<T>(
    name: MethodName,
    request: object,
    onRepeat: () => void = () => undefined,
  ): Promise<T> {
    for (;;) {
      const server = this.world.server;
      if (server !== undefined) {
        try {
          return await server.call<T>(name, request, CALL_TIMEOUT_MS);
        } catch (error) {
          if (!isExpected(error) || isFinal(name, error.code)) throw error;
          onRepeat();
        }
      }
      await this.world.sleep(100 + this.world.draw(400));
    }
  }
}

/** Who pauses what is paused already is told so; an update waits for the pause to end. */
function isFinal(name: MethodName, code: DomainErrorCode): boolean {
  if (code === "FAILED_PRECONDITION") return /pause/i.test(name);
  return FINAL_ERRORS.has(code);
}
