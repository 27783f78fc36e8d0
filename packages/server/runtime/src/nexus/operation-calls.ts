import {
  durationMs,
  type NexusCancelOutcome,
  type NexusOperation,
  type NexusStartOutcome,
  toTimestamp,
} from "@perdure/engine";
import type { CancelSignal, Clock } from "@perdure/kernel";
import type { NexusEndpointEntry } from "@perdure/proto/perdure/internal/v1";
import { EventType, TimeoutType } from "@perdure/proto/temporal/api/enums/v1";
import type { LinkInit, RequestInit } from "@perdure/proto/temporal/api/nexus/v1";
import {
  callFailed,
  checkOutcome,
  ENDPOINT_MISSING,
  outOfTime,
  startOutcome,
  UPSTREAM_TIMEOUT,
} from "./call-outcomes.js";
import { COMPLETION_TOKEN_HEADER, encodeCompletionToken } from "./completion-token.js";
import {
  durationText,
  handlerFailure,
  type NexusHttp,
  type NexusTaskOutcome,
  sentPayload,
} from "./nexus-call.js";
import type { NexusEndpoints } from "./nexus-endpoints.js";
import { toNexusLink } from "./nexus-links.js";
import type { NexusTasks } from "./nexus-tasks.js";

/** `component.nexusoperations.request.timeout` */
const REQUEST_MS_MAX = 10_000;
/** `component.nexusoperations.limit.request.timeout.min`: with less time no call is made. */
const REQUEST_MS_MIN = 1500;
/** `component.nexusoperations.limit.dispatch.task.timeout.min`: time kept for the answer. */
const ANSWER_MS = 1000;

/** Where completions of operations go that a worker handles: within the server. */
export const SYSTEM_CALLBACK_URL = "temporal://system";

/** An operation with the run that wants it. */
export interface CalledOperation {
  readonly namespaceId: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly operation: NexusOperation;
}

/** What operations are called with. */
export interface OperationCallDeps {
  readonly clock: Clock;
  readonly endpoints: NexusEndpoints;
  readonly tasks: NexusTasks;
  readonly http: NexusHttp;
  /** Base of the URL that external handlers send completions to; `undefined`: there is none. */
  readonly callbackUrl: (namespaceId: string) => string | undefined;
  readonly namespaceName: (id: string) => string | undefined;
  readonly tokenLengthMax: number;
  readonly resultBytesMax: number;
  readonly signal: CancelSignal;
}

/** Starts and cancels Nexus operations at their handlers. */
export class OperationCalls {
  readonly #deps: OperationCallDeps;

  constructor(deps: OperationCallDeps) {
    this.#deps = deps;
  }

  async start(called: CalledOperation): Promise<NexusStartOutcome> {
    const endpoint = this.#endpointOf(called.operation);
    if (endpoint === undefined) return ENDPOINT_MISSING;
    const { timeoutMs, timeoutType } = this.#startTime(called.operation);
    if (timeoutMs < REQUEST_MS_MIN) return { kind: "outOfTime", timeoutType };
    const target = endpoint.spec?.target?.variant;
    const outcome =
      target?.kind === "external"
        ? await this.#startExternal(called, { url: target.value.url, timeoutMs })
        : startOutcome(await this.#startWorker(called, { endpoint, timeoutMs }));
    return checkOutcome(outcome, this.#deps);
  }

  async cancel(called: CalledOperation): Promise<NexusCancelOutcome> {
    const { operation } = called;
    const endpoint = this.#endpointOf(operation);
    if (endpoint === undefined) return ENDPOINT_MISSING;
    const { timeoutMs, timeoutType } = this.#cancelTime(operation);
    if (timeoutMs < REQUEST_MS_MIN) return outOfTime(timeoutType);
    const target = endpoint.spec?.target?.variant;
    const { service = "", operation: name = "" } = operation.scheduled;
    const { operationToken } = operation.progress;
    const header = new Map(operation.scheduled.nexusHeader);
    if (target?.kind === "external") {
      const { signal, http } = this.#deps;
      const baseUrl = target.value.url;
      const call = { baseUrl, service, operation: name, header, timeoutMs, signal };
      return http.cancel({ ...call, operationToken });
    }
    const value = { service, operation: name, operationToken, operationId: operationToken };
    const request: RequestInit = {
      header: new Map([...header, ...SENDER_HEADERS, ["content-length", "0"]]),
      variant: { kind: "cancelOperation", value },
    };
    const outcome = await this.#dispatch({ endpoint, request, timeoutMs });
    switch (outcome.kind) {
      case "handlerFailed":
        return callFailed(outcome.failure);
      case "timedOut":
        return callFailed(UPSTREAM_TIMEOUT);
      default:
        return { kind: "delivered" };
    }
  }

  #endpointOf({ scheduled }: NexusOperation): NexusEndpointEntry | undefined {
    const { endpoints } = this.#deps;
    const byId = endpoints.find(scheduled.endpointId ?? "");
    if (byId !== undefined) return byId;
    // An endpoint that was made anew under the same name does as well.
    return endpoints.find(endpoints.idOf(scheduled.endpoint ?? "") ?? "");
  }

  /** How long a call may take: the earlier end of the operation bounds it. */
  #startTime({ scheduled, scheduledTimeMs }: NexusOperation): CallTime {
    const spentMs = this.#deps.clock.nowMs() - scheduledTimeMs;
    const startMs = durationMs(scheduled.scheduleToStartTimeout);
    const closeMs = durationMs(scheduled.scheduleToCloseTimeout);
    if (startMs > 0) return callTime(startMs - spentMs, TimeoutType.SCHEDULE_TO_START);
    if (closeMs > 0) return callTime(closeMs - spentMs, TimeoutType.SCHEDULE_TO_CLOSE);
    return callTime(REQUEST_MS_MAX, TimeoutType.UNSPECIFIED);
  }

  #cancelTime({ scheduled, scheduledTimeMs, progress }: NexusOperation): CallTime {
    const nowMs = this.#deps.clock.nowMs();
    const runMs = durationMs(scheduled.startToCloseTimeout);
    const closeMs = durationMs(scheduled.scheduleToCloseTimeout);
    let time = callTime(REQUEST_MS_MAX, TimeoutType.UNSPECIFIED);
    if (runMs > 0) {
      time = callTime(runMs - (nowMs - progress.startedAtMs), TimeoutType.START_TO_CLOSE);
    }
    if (closeMs === 0) return time;
    const leftMs = Math.min(time.timeoutMs, closeMs - (nowMs - scheduledTimeMs));
    return callTime(leftMs, TimeoutType.SCHEDULE_TO_CLOSE);
  }

  async #startExternal(
    called: CalledOperation,
    { url, timeoutMs }: { readonly url: string; readonly timeoutMs: number },
  ): Promise<NexusStartOutcome> {
    const { http, signal } = this.#deps;
    const { scheduled } = called.operation;
    return http.start({
      baseUrl: url,
      service: scheduled.service ?? "",
      operation: scheduled.operation ?? "",
      requestId: scheduled.requestId ?? "",
      input: scheduled.input,
      header: this.#startHeader(called.operation),
      callbackUrl: this.#deps.callbackUrl(called.namespaceId) ?? "",
      callbackHeader: callbackHeader(called),
      links: [this.#link(called)],
      timeoutMs,
      signal,
    });
  }

  #startWorker(
    called: CalledOperation,
    call: { readonly endpoint: NexusEndpointEntry; readonly timeoutMs: number },
  ): Promise<NexusTaskOutcome> {
    const { scheduled } = called.operation;
    const value = {
      service: scheduled.service,
      operation: scheduled.operation,
      requestId: scheduled.requestId,
      callback: SYSTEM_CALLBACK_URL,
      payload: sentPayload(scheduled.input),
      callbackHeader: callbackHeader(called),
      links: [this.#link(called)],
    };
    const header = new Map([
      ...this.#startHeader(called.operation),
      ...SENDER_HEADERS,
      ["nexus-request-id", scheduled.requestId ?? ""],
      ["nexus-link", value.links.map(linkHeader).join(",")],
    ]);
    const capabilities = { temporalFailureResponses: true };
    const request: RequestInit = {
      header,
      capabilities,
      variant: { kind: "startOperation", value },
    };
    return this.#dispatch({ ...call, request });
  }

  /** The header with how much time the operation has, unless the workflow says that itself. */
  #startHeader({ scheduled, scheduledTimeMs }: NexusOperation): ReadonlyMap<string, string> {
    const header = new Map(scheduled.nexusHeader);
    const closeMs = durationMs(scheduled.scheduleToCloseTimeout);
    const spentMs = this.#deps.clock.nowMs() - scheduledTimeMs;
    const leftMs = Math.min(
      durationMs(scheduled.startToCloseTimeout) || Infinity,
      closeMs > 0 ? closeMs - spentMs : Infinity,
    );
    if (leftMs !== Infinity && !header.has("operation-timeout")) {
      header.set("operation-timeout", durationText(leftMs));
    }
    return header;
  }

  #link({ namespaceId, workflowId, runId, operation }: CalledOperation): LinkInit {
    const eventId = BigInt(operation.scheduledEventId);
    const eventType = EventType.NEXUS_OPERATION_SCHEDULED;
    const reference = { kind: "eventRef", value: { eventId, eventType } } as const;
    const namespace = this.#deps.namespaceName(namespaceId) ?? "";
    return toNexusLink({ namespace, workflowId, runId, reference });
  }

  async #dispatch(call: {
    readonly endpoint: NexusEndpointEntry;
    readonly request: RequestInit;
    readonly timeoutMs: number;
  }): Promise<NexusTaskOutcome> {
    const { spec } = call.endpoint;
    const target = spec?.target?.variant;
    const { namespace: namespaceId = "", taskQueue: queueName = "" } =
      target?.kind === "worker" ? target.value : {};
    if (this.#deps.namespaceName(namespaceId) === undefined) {
      const message = `namespace not found: ${JSON.stringify(namespaceId)}`;
      return { kind: "handlerFailed", failure: handlerFailure("NOT_FOUND", message) };
    }
    const nowMs = this.#deps.clock.nowMs();
    return this.#deps.tasks.dispatch({
      namespaceId,
      queueName,
      request: {
        ...call.request,
        endpoint: spec?.name,
        scheduledTime: toTimestamp(nowMs),
      },
      deadlineMs: nowMs + call.timeoutMs - ANSWER_MS,
    });
  }
}

/** Headers of a call within the server, as workers see them of one that comes over HTTP. */
const SENDER_HEADERS: ReadonlyMap<string, string> = new Map([["user-agent", "temporalio/server"]]);

/** A link in the form of the header `nexus-link`. */
function linkHeader({ url = "", type = "" }: LinkInit): string {
  return `<${url}>; type="${type}"`;
}

interface CallTime {
  readonly timeoutMs: number;
  /** What the operation would run out of. */
  readonly timeoutType: TimeoutType;
}

function callTime(leftMs: number, timeoutType: TimeoutType): CallTime {
  return { timeoutMs: Math.min(REQUEST_MS_MAX, leftMs), timeoutType };
}

function callbackHeader(called: CalledOperation): ReadonlyMap<string, string> {
  const { namespaceId, workflowId, runId, operation } = called;
  const { scheduledEventId, scheduled } = operation;
  const { requestId } = scheduled;
  const token = { namespaceId, workflowId, runId, scheduledEventId, requestId };
  return new Map([[COMPLETION_TOKEN_HEADER, encodeCompletionToken(token)]]);
}
