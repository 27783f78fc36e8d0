import {
  type OptionsChange,
  type PauseInput,
  pauseRun,
  type RunState,
  type RunStep,
  type StepEnvironment,
  unpauseRun,
  updateRunOptions,
} from "@perdure/engine";
import type { WorkflowExecutionOptionsInit } from "@perdure/proto/temporal/api/workflow/v1";
import { type ResetCommand, resetWorkflow } from "./reset-workflow.js";
import type { RunTarget } from "./step-run.js";
import type { WorkflowHost } from "./workflow-host.js";

/** What operators do to runs. Each call resolves once what it did is durable. */
export class RunControlService {
  readonly #host: WorkflowHost;

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  /** Resets a workflow; the answer is the ID of the new run. Errors as `resetWorkflow`. */
  reset(command: ResetCommand): Promise<string> {
    return resetWorkflow(this.#host, command);
  }

  /**
   * Changes options of a run, and answers with all of them. Errors as `updateRunOptions` of the
   * engine and of `check`.
   *
   * @param check - Makes the change for the run as it is.
   */
  async updateOptions(
    target: RunTarget,
    check: (state: RunState) => OptionsChange,
  ): Promise<WorkflowExecutionOptionsInit> {
    let options: WorkflowExecutionOptionsInit = {};
    await this.#step(target, (state, environment) => {
      const changed = updateRunOptions(state, check(state), environment);
      options = changed.options;
      return changed.step;
    });
    return options;
  }

  /** Pauses a run. Errors as `pauseRun` of the engine. */
  async pause(target: RunTarget, pause: PauseInput): Promise<void> {
    await this.#step(target, (state, environment) => pauseRun(state, pause, environment));
  }

  /** Lets a paused run go on. Errors as `unpauseRun` of the engine. */
  async unpause(target: RunTarget, unpause: PauseInput): Promise<void> {
    await this.#step(target, (state, environment) => unpauseRun(state, unpause, environment));
  }

  async #step(
    target: RunTarget,
    make: (state: RunState, environment: StepEnvironment) => RunStep,
  ): Promise<void> {
    const slot = this.#host.slot(target.namespaceId, target.workflowId);
    const run = await slot.run(target.runId);
    const environment = this.#host.environment(target.namespaceId);
    const step = this.#host.attempt(slot, () => make(run.state, environment));
    const { ticket } = this.#host.apply(slot, run, step);
    await ticket?.durable;
  }
}
