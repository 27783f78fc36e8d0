import {
  hasOutboundCalls,
  nexusOperationOf,
  type OutboundCall,
  outboundCalls,
  type RunState,
  type RunStep,
  runCallbacks,
  type StepEnvironment,
} from "@perdure/engine";
import { DomainError } from "@perdure/kernel";
import type { CircuitBreakers } from "./circuit-breakers.js";
import type { LoadedRun } from "./loaded-run.js";
import type { SendLater } from "./messenger.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** Notes what came of a call. */
export type NoteResult = (run: RunState, environment: StepEnvironment) => RunStep;

/** Makes the calls that runs want. */
export interface OutboundCalls {
  /** Resolves to `undefined` when the server stops meanwhile. */
  make(
    run: LoadedRun,
    call: OutboundCall,
  ): Promise<{ readonly note: NoteResult; readonly isDown: boolean } | undefined>;
}

/** A call that failed by an error of the server itself is made again after so long. */
const CALL_RETRY_MS = 1000;

/**
 * Makes the calls that runs want: at once, beside each other, and each until what came of it is
 * stored. A call whose destination is down waits.
 */
export class OutboundCaller {
  readonly #host: WorkflowHost;
  readonly #calls: OutboundCalls;
  readonly #breakers: CircuitBreakers;
  readonly #later: SendLater;
  /** Calls that are under way or wait for their destination to come back. */
  readonly #underWay = new Set<string>();

  constructor(
    host: WorkflowHost,
    parts: {
      readonly calls: OutboundCalls;
      readonly breakers: CircuitBreakers;
      readonly later: SendLater;
    },
  ) {
    this.#host = host;
    this.#calls = parts.calls;
    this.#breakers = parts.breakers;
    this.#later = parts.later;
  }

  /** Begins the calls of a run that are not under way. */
  send(slot: WorkflowSlot, run: LoadedRun): void {
    if (!hasOutboundCalls(run.state) || this.#later.isStopped()) return;
    for (const call of outboundCalls(run.state)) {
      const key = keyOf(run.state, call);
      if (this.#underWay.has(key)) continue;
      this.#underWay.add(key);
      this.#begin(slot, run, { call, key });
    }
  }

  #begin(
    slot: WorkflowSlot,
    run: LoadedRun,
    { call, key }: { readonly call: OutboundCall; readonly key: string },
  ): void {
    const destination = destinationOf(run.state, call);
    const waitMs = this.#breakers.acquire(destination);
    if (waitMs > 0) {
      this.#later.wakeLater(this.#wakeOf(run, waitMs));
      this.#host.deps.clock.schedule(waitMs, () => this.#underWay.delete(key));
      return;
    }
    slot.hold();
    this.#make(slot, run, { call, destination })
      .catch((error: unknown) => {
        const isExpected = error instanceof DomainError;
        const { workflowId, runId } = run.state;
        const fields = { error, workflowId, runId, destination };
        const message = "A call of a workflow could not be made; it is tried again";
        this.#host.deps.logger.log(isExpected ? "debug" : "error", message, fields);
        this.#later.wakeLater(this.#wakeOf(run, CALL_RETRY_MS));
      })
      .finally(() => {
        this.#underWay.delete(key);
        slot.release();
      });
  }

  async #make(
    slot: WorkflowSlot,
    run: LoadedRun,
    { call, destination }: { readonly call: OutboundCall; readonly destination: string },
  ): Promise<void> {
    const result = await this.#calls.make(run, call);
    if (result === undefined || this.#later.isStopped()) return;
    this.#breakers.report(destination, result.isDown);
    const current = await slot.run(run.state.runId);
    const environment = this.#host.environment(slot.key.namespaceId);
    const step = this.#host.attempt(slot, () => result.note(current.state, environment));
    const { ticket } = this.#host.apply(slot, current, step);
    await ticket?.durable;
  }

  #wakeOf(run: LoadedRun, inMs: number): Parameters<SendLater["wakeLater"]>[0] {
    const { namespaceId, workflowId, runId } = run.state;
    const atMs = this.#host.deps.clock.nowMs() + inMs;
    return { namespaceId, businessId: workflowId, runId, atMs };
  }
}

function keyOf({ runId }: RunState, call: OutboundCall): string {
  const id = call.kind === "callback" ? call.index : call.scheduledEventId;
  return `${runId}/${call.kind}/${id}/${call.attempt}`;
}

/** Names what a call goes to: calls of one kind to one place share their luck. */
export function destinationOf(run: RunState, call: OutboundCall): string {
  const place =
    call.kind === "callback"
      ? callbackUrlOf(run, call.index)
      : (nexusOperationOf(run, call.scheduledEventId)?.scheduled.endpoint ?? "");
  return `${call.kind}/${run.namespaceId}/${place}`;
}

function callbackUrlOf(run: RunState, index: number): string {
  const variant = runCallbacks(run)[index]?.callback.variant;
  return variant?.kind === "nexus" ? (variant.value.url ?? "") : "";
}
