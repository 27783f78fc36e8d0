import {
  type CallbackOutcome,
  type NexusCancelOutcome,
  type NexusStartOutcome,
  nexusOperationOf,
  type OutboundCall,
  recordCallback,
  recordNexusCancel,
  recordNexusStart,
  Step,
} from "@perdure/engine";
import { EntityKind } from "@perdure/persistence";
import type { HostedKind } from "../hosted-kinds.js";
import type { LoadedRun } from "../loaded-run.js";
import type { NoteResult, OutboundCalls } from "../outbound-caller.js";
import type { WorkflowHost } from "../workflow-host.js";
import { CallbackCalls } from "./callback-calls.js";
import type { NexusHttp } from "./nexus-call.js";
import { NexusCompletions } from "./nexus-completions.js";
import type { NexusEndpoints } from "./nexus-endpoints.js";
import { NexusTasks } from "./nexus-tasks.js";
import { OperationCalls } from "./operation-calls.js";

/** What Nexus needs besides the host of workflows. */
export interface NexusServiceDeps {
  readonly endpoints: NexusEndpoints;
  readonly http: NexusHttp;
  /** Where external handlers send completions; `undefined`: they can't. */
  readonly callbackUrl: (namespaceId: string) => string | undefined;
}

/** Nexus: its endpoints, its tasks, and the calls that workflows make. */
export class NexusService implements OutboundCalls {
  readonly endpoints: NexusEndpoints;
  readonly tasks: NexusTasks;
  readonly completions: NexusCompletions;
  readonly #operations: OperationCalls;
  readonly #callbacks: CallbackCalls;
  readonly #stopping = new AbortController();

  constructor(host: WorkflowHost, deps: NexusServiceDeps) {
    this.endpoints = deps.endpoints;
    this.tasks = new NexusTasks(host);
    this.completions = new NexusCompletions(host);
    const { signal } = this.#stopping;
    const { http } = deps;
    const { clock, limits } = host.deps;
    this.#operations = new OperationCalls({
      ...deps,
      clock,
      tasks: this.tasks,
      namespaceName: (id) => host.namespaceName(id),
      tokenLengthMax: limits.nexusTokenLengthMax,
      resultBytesMax: limits.blobSizeMaxBytes,
      signal,
    });
    this.#callbacks = new CallbackCalls(host, { completions: this.completions, http, signal });
  }

  /** The table of endpoints, as those who wake and stop entities know it. */
  get hostedKind(): HostedKind {
    const { host } = this.endpoints;
    const stop = (): void => {
      this.#stopping.abort();
      this.tasks.stop();
      host.stop();
    };
    return { kind: EntityKind.NEXUS_ENDPOINT, waker: host.waker, stop };
  }

  async make(
    run: LoadedRun,
    call: OutboundCall,
  ): Promise<{ readonly note: NoteResult; readonly isDown: boolean } | undefined> {
    const { note, isDown } = await this.#make(run, call);
    return this.#stopping.signal.aborted ? undefined : { note, isDown };
  }

  async #make(
    run: LoadedRun,
    call: OutboundCall,
  ): Promise<{ readonly note: NoteResult; readonly isDown: boolean }> {
    const { state } = run;
    if (call.kind === "callback") {
      const { index, attempt } = call;
      const outcome = await this.#callbacks.deliver(run, index);
      const result = { index, attempt, outcome };
      const note: NoteResult = (current, environment) =>
        recordCallback(current, result, environment);
      return { note, isDown: isCallDown(outcome) };
    }
    const operation = nexusOperationOf(state, call.scheduledEventId);
    if (operation === undefined) return NOTHING_TO_NOTE;
    const { namespaceId, workflowId, runId } = state;
    const called = { namespaceId, workflowId, runId, operation };
    if (call.kind === "startOperation") {
      const outcome = await this.#operations.start(called);
      const note: NoteResult = (current, environment) =>
        recordNexusStart(current, { of: call, outcome }, environment);
      return { note, isDown: isCallDown(outcome) };
    }
    const outcome = await this.#operations.cancel(called);
    const note: NoteResult = (current, environment) =>
      recordNexusCancel(current, { of: call, outcome }, environment);
    return { note, isDown: isCallDown(outcome) };
  }
}

const NOTHING_TO_NOTE: { readonly note: NoteResult; readonly isDown: boolean } = {
  note: (run, environment) => new Step(run, environment).finish(),
  isDown: false,
};

/** Whether a call failed so that others to the same destination will fail as well. */
function isCallDown(outcome: NexusStartOutcome | NexusCancelOutcome | CallbackOutcome): boolean {
  return "isRetryable" in outcome && outcome.isRetryable;
}
