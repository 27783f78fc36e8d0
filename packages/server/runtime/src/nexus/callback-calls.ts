import { type CallbackOutcome, type NexusEnd, type RunState, runCallbacks } from "@perdure/engine";
import { type CancelSignal, DomainError, present } from "@perdure/kernel";
import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import type { LoadedRun } from "../loaded-run.js";
import { readHistory } from "../read-history.js";
import type { WorkflowHost } from "../workflow-host.js";
import { COMPLETION_TOKEN_HEADER, decodeCompletionToken } from "./completion-token.js";
import { type NexusHttp, sentPayload } from "./nexus-call.js";
import type { NexusCompletions } from "./nexus-completions.js";
import { toNexusLink } from "./nexus-links.js";
import { SYSTEM_CALLBACK_URL } from "./operation-calls.js";

/** `component.callbacks.request.timeout` */
const CALLBACK_MS_MAX = 10_000;

/** Delivers the completion callbacks of closed runs. */
export class CallbackCalls {
  readonly #host: WorkflowHost;
  readonly #completions: NexusCompletions;
  readonly #http: NexusHttp;
  readonly #signal: CancelSignal;

  constructor(
    host: WorkflowHost,
    parts: {
      readonly completions: NexusCompletions;
      readonly http: NexusHttp;
      readonly signal: CancelSignal;
    },
  ) {
    this.#host = host;
    this.#completions = parts.completions;
    this.#http = parts.http;
    this.#signal = parts.signal;
  }

  async deliver(run: LoadedRun, index: number): Promise<CallbackOutcome> {
    const { callback, requestId } = present(
      runCallbacks(run.state)[index],
      "A callback that is due is one of the run's",
    );
    const { url = "", header = new Map<string, string>() } =
      callback.variant?.kind === "nexus" ? callback.variant.value : {};
    const end = await this.#endOf(run);
    const links = [this.#link(run.state, requestId)];
    if (url === SYSTEM_CALLBACK_URL) return this.#deliverWithin(run.state, { header, end, links });
    return this.#http.complete({
      url,
      header,
      end,
      links: links.map(toNexusLink),
      startTimeMs: run.state.startTimeMs,
      closeTimeMs: run.state.closeTimeMs,
      timeoutMs: CALLBACK_MS_MAX,
      signal: this.#signal,
    });
  }

  /** Completes an operation of another workflow of this server. */
  async #deliverWithin(
    run: RunState,
    sent: {
      readonly header: ReadonlyMap<string, string>;
      readonly end: NexusEnd;
      readonly links: readonly WorkflowEventLink[];
    },
  ): Promise<CallbackOutcome> {
    const { header } = sent;
    const token = decodeCompletionToken(header.get(COMPLETION_TOKEN_HEADER) ?? "");
    if (token === undefined) {
      return failed("handler error (BAD_REQUEST): invalid callback token", false);
    }
    try {
      await this.#completions.complete(token, {
        end: sent.end,
        operationToken:
          header.get("nexus-operation-token") ?? header.get("nexus-operation-id") ?? "",
        // It is sent in whole seconds.
        startTimeMs: Math.floor(run.startTimeMs / 1000) * 1000,
        links: sent.links.map((value) => ({ variant: { kind: "workflowEvent", value } })),
      });
      return { kind: "delivered" };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      if (error.code === "NOT_FOUND" || error.code === "NAMESPACE_NOT_FOUND") {
        return failed(`handler error (NOT_FOUND): ${error.message}`, false);
      }
      return failed(error.message, true);
    }
  }

  async #endOf(run: LoadedRun): Promise<NexusEnd> {
    const toEventId = run.state.nextEventId;
    const range = { fromEventId: toEventId - 1, toEventId, maxEvents: 1 };
    const slice = await readHistory(this.#host.deps.store, run, range);
    const closing = History.decode(slice.events).events[0]?.attributes;
    switch (closing?.kind) {
      case "workflowExecutionCompletedEventAttributes": {
        const result = sentPayload(closing.value.result?.payloads[0]);
        return { kind: "completed", result, links: [] };
      }
      case "workflowExecutionFailedEventAttributes":
        return { kind: "failed", cause: closing.value.failure };
      case "workflowExecutionCanceledEventAttributes": {
        const value = { details: closing.value.details };
        const failureInfo = { kind: "canceledFailureInfo", value } as const;
        return { kind: "canceled", cause: { message: "operation canceled", failureInfo } };
      }
      case "workflowExecutionTerminatedEventAttributes": {
        const failureInfo = { kind: "terminatedFailureInfo", value: {} } as const;
        return { kind: "failed", cause: { message: "operation terminated", failureInfo } };
      }
      default: {
        const failureInfo = { kind: "timeoutFailureInfo", value: {} } as const;
        const message = "operation exceeded internal timeout";
        return { kind: "failed", cause: { message, failureInfo } };
      }
    }
  }

  /** Leads back to what attached the callback. */
  #link(run: RunState, requestId: string): WorkflowEventLink {
    const namespace = this.#host.namespaceName(run.namespaceId) ?? "";
    const { workflowId, runId } = run;
    if (requestId === "") {
      const eventType = EventType.WORKFLOW_EXECUTION_STARTED;
      const reference = { kind: "eventRef", value: { eventId: 1n, eventType } } as const;
      return { namespace, workflowId, runId, reference };
    }
    const eventType = EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED;
    const reference = { kind: "requestIdRef", value: { requestId, eventType } } as const;
    return { namespace, workflowId, runId, reference };
  }
}

type WorkflowEventLink = Extract<
  NonNullable<LinkInit["variant"]>,
  { readonly kind: "workflowEvent" }
>["value"];

function failed(message: string, isRetryable: boolean): CallbackOutcome {
  return { kind: "failed", message, isRetryable };
}
