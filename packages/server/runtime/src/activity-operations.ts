import {
  type ActivityOptions,
  type ActivityOptionsInput,
  type ActivityPauseInput,
  type ActivityResetInput,
  type ActivityUnpauseInput,
  pauseActivities,
  resetActivities,
  unpauseActivities,
  updateActivityOptions,
} from "@perdure/engine";
import { type RunTarget, stepRun } from "./step-run.js";
import type { WorkflowHost } from "./workflow-host.js";

/** Spreads activities that go on at the same time. */
export interface ActivityJitter {
  /** Longest time that an activity waits for it, milliseconds; 0: none waits. */
  readonly jitterMs: number;
}

/**
 * What users do to pending activities of workflows. Each resolves once it is durable; errors are
 * those of the engine's functions of the same names.
 */
export class ActivityOperations {
  readonly #host: WorkflowHost;

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  async pause(target: RunTarget, input: ActivityPauseInput): Promise<void> {
    await stepRun(this.#host, target, (state, environment) =>
      pauseActivities(state, input, environment),
    );
  }

  async unpause(
    target: RunTarget,
    input: Omit<ActivityUnpauseInput, "drawDelayMs"> & ActivityJitter,
  ): Promise<void> {
    const unpause = { ...input, drawDelayMs: () => this.#draw(input) };
    await stepRun(this.#host, target, (state, environment) =>
      unpauseActivities(state, unpause, environment),
    );
  }

  async reset(
    target: RunTarget,
    input: Omit<ActivityResetInput, "drawDelayMs"> & ActivityJitter,
  ): Promise<void> {
    const reset = { ...input, drawDelayMs: () => this.#draw(input) };
    await stepRun(this.#host, target, (state, environment) =>
      resetActivities(state, reset, environment),
    );
  }

  /** Returns the options that the activity, or the last of several, has by it. */
  async updateOptions(target: RunTarget, input: ActivityOptionsInput): Promise<ActivityOptions> {
    let options: ActivityOptions = {};
    await stepRun(this.#host, target, (state, environment) => {
      const updated = updateActivityOptions(state, input, environment);
      options = updated.options;
      return updated.step;
    });
    return options;
  }

  #draw({ jitterMs }: ActivityJitter): number {
    return Math.floor(this.#host.deps.random.next() * jitterMs);
  }
}
