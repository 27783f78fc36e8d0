import type { RunState, RunStep, Sender, StepEnvironment } from "@perdure/engine";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type { LoadedRun } from "./loaded-run.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** Where a message goes. */
export interface PostingTarget {
  readonly namespaceId: string;
  readonly workflowId: string;
  /** Empty: the current run. */
  readonly runId: string;
  /** When given, the run must belong to the chain that this run began. */
  readonly firstRunId?: string;
}

/** Why a message can never be delivered. */
export type PostingFailure = "notFound" | "namespaceNotFound" | "limitExceeded";

/** What became of a message; "dropped": its sender was dropped from memory, nothing happened. */
export type PostingOutcome = "delivered" | "dropped" | PostingFailure;

type MakeStep = (state: RunState, environment: StepEnvironment) => RunStep;

/** A message on its way, with the run that sends it. */
export class Posting {
  readonly slot: WorkflowSlot;
  readonly run: LoadedRun;
  readonly key: number;

  constructor(
    readonly host: WorkflowHost,
    message: { readonly slot: WorkflowSlot; readonly run: LoadedRun; readonly key: number },
  ) {
    this.slot = message.slot;
    this.run = message.run;
    this.key = message.key;
  }

  /** Whether the sender is still the run in memory: if not, its messages are found again later. */
  get isLoaded(): boolean {
    return isLoaded(this.slot, this.run);
  }

  get sender(): Sender {
    const { workflowId, runId } = this.run.state;
    return { execution: { workflowId, runId }, initiatedEventId: this.key };
  }

  /**
   * Applies a step to the run that the message is for.
   *
   * @throws {DomainError} It may work later.
   */
  async reach(target: PostingTarget, make: MakeStep): Promise<PostingOutcome> {
    const { namespaceId, workflowId, runId, firstRunId = "" } = target;
    if (this.host.namespaceName(namespaceId) === undefined) return "namespaceNotFound";
    return this.withSlot(namespaceId, workflowId, async (slot) => {
      try {
        const run = await loadedRun(slot, runId);
        if (!this.isLoaded) return "dropped";
        const isOther = firstRunId !== "" && run.state.started.firstExecutionRunId !== firstRunId;
        if (isOther) return "notFound";
        this.#step(slot, run, make);
        return "delivered";
      } catch (error) {
        if (error instanceof NotFoundError) return "notFound";
        if (error instanceof InvalidArgumentError) return "limitExceeded";
        throw error;
      }
    });
  }

  /** Notes at the sender what became of the message. */
  answer(make: MakeStep): void {
    if (this.isLoaded) this.#step(this.slot, this.run, make);
  }

  /** Keeps the slot in memory while `work` needs it. */
  async withSlot<T>(
    namespaceId: string,
    workflowId: string,
    work: (slot: WorkflowSlot) => Promise<T>,
  ): Promise<T> {
    const slot = this.host.slot(namespaceId, workflowId);
    slot.hold();
    try {
      return await work(slot);
    } finally {
      slot.release();
    }
  }

  #step(slot: WorkflowSlot, run: LoadedRun, make: MakeStep): void {
    const environment = this.host.environment(slot.key.namespaceId);
    const step = this.host.attempt(slot, () => make(run.state, environment));
    this.host.apply(slot, run, step);
  }
}

function isLoaded(slot: WorkflowSlot, run: LoadedRun): boolean {
  return slot.runs.get(run.state.runId) === run;
}

/** The run as it is in memory when the caller goes on: loading may meet a commit that fails. */
async function loadedRun(slot: WorkflowSlot, runId: string): Promise<LoadedRun> {
  for (;;) {
    const run = await slot.run(runId);
    if (isLoaded(slot, run)) return run;
  }
}
