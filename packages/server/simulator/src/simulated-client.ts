import { EventType, HistoryEventFilterType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type {
  GetWorkflowExecutionHistoryResponse,
  StartWorkflowExecutionResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { Program } from "./program.js";
import { NAMESPACE } from "./simulated-server.js";
import { TASK_QUEUE } from "./simulated-worker.js";
import { isExpected, type World } from "./simulation.js";

const namespace = NAMESPACE.name;
const CALL_TIMEOUT_MS = 10_000;

/** A client that starts one workflow, signals it as often as its program waits, and sees it end. */
export class SimulatedClient {
  readonly workflowId: string;
  /** Request IDs of signals that were acknowledged. */
  readonly acknowledgedSignals: string[] = [];
  /** Runs of the chain, the first one first. */
  readonly runIds: string[] = [];
  isDone = false;
  readonly #program: Program;

  constructor(
    readonly world: World,
    options: Program & { readonly workflowId: string },
  ) {
    this.workflowId = options.workflowId;
    this.#program = { steps: options.steps, continuations: options.continuations };
  }

  async run(): Promise<void> {
    const { world, workflowId } = this;
    await world.sleep(world.draw(5000));
    const started = await this.#untilAnswered<StartWorkflowExecutionResponse>(
      "StartWorkflowExecution",
      {
        namespace,
        workflowId,
        workflowType: { name: JSON.stringify(this.#program) },
        taskQueue: { name: TASK_QUEUE },
        requestId: `start ${workflowId}`,
      },
    );
    world.trace(`started ${workflowId}`);
    this.runIds.push(started.runId);
    await this.#follow(started.runId);
    this.isDone = true;
    world.trace(`ended ${workflowId}`);
  }

  async #follow(firstRunId: string): Promise<void> {
    let runId = firstRunId;
    for (let link = 0; ; link++) {
      await this.#signalAll(runId, link);
      const close = await this.#closeOf(runId);
      if (close.eventType !== EventType.WORKFLOW_EXECUTION_CONTINUED_AS_NEW) return;
      this.world.cover("a workflow continued as new");
      const attributes = close.attributes;
      if (attributes?.kind !== "workflowExecutionContinuedAsNewEventAttributes") return;
      runId = attributes.value.newExecutionRunId;
      this.runIds.push(runId);
    }
  }

  async #signalAll(runId: string, link: number): Promise<void> {
    const { world, workflowId } = this;
    const count = this.#program.steps.filter(({ kind }) => kind === "signal").length;
    for (let number = 0; number < count; number++) {
      await world.sleep(world.draw(3000));
      const requestId = `signal ${workflowId} ${link} ${number}`;
      const request = {
        namespace,
        workflowExecution: { workflowId, runId },
        signalName: "go",
        requestId,
      };
      try {
        await this.#untilAnswered("SignalWorkflowExecution", request);
        this.acknowledgedSignals.push(requestId);
      } catch (error) {
        // A signal whose answer was lost may have brought the run to its end before it is repeated.
        if (!isExpected(error) || error.code !== "NOT_FOUND") throw error;
        world.cover("a repeated signal met a closed run");
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
          execution: { workflowId: this.workflowId, runId },
          waitNewEvent: true,
          historyEventFilterType: HistoryEventFilterType.CLOSE_EVENT,
          nextPageToken,
        },
      );
      const event = answer.history?.events[0];
      if (event !== undefined) return event;
      nextPageToken = answer.nextPageToken;
    }
  }

  /** Repeats a call until the server answers it: nobody knows whether a failed one happened. */
  async #untilAnswered<T>(
    name: Parameters<NonNullable<World["server"]>["call"]>[0],
    request: object,
  ): Promise<T> {
    for (;;) {
      const server = this.world.server;
      if (server !== undefined) {
        try {
          return await server.call<T>(name, request, CALL_TIMEOUT_MS);
        } catch (error) {
          if (!isExpected(error) || error.code === "NOT_FOUND") throw error;
          this.world.cover(`a call failed with ${error.code}`);
        }
      }
      await this.world.sleep(100 + this.world.draw(400));
    }
  }
}
