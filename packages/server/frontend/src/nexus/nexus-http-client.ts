import type { CallbackOutcome, NexusCancelOutcome } from "@perdure/engine";
import { type CancelSignal, InvalidArgumentError } from "@perdure/kernel";
import {
  callError,
  fromNexusLinks,
  type handlerFailure,
  isRetryableHandlerFailure,
  type NexusHttp,
  type NexusHttpCall,
  type NexusHttpCompletion,
  type NexusHttpStart,
} from "@perdure/runtime";
import { formatLinks, parseLinks } from "./link-header.js";
import {
  fromFailure,
  isHandlerError,
  isOperationError,
  type NexusFailure,
  operationStateOf,
  readNexusFailure,
  retryBehaviorOf,
  toFailure,
  withoutWrapper,
} from "./nexus-failure.js";
import { fromContent, toContent } from "./payload-content.js";

/** A request over HTTP. */
export interface HttpRequest {
  readonly url: string;
  readonly header: ReadonlyMap<string, string | readonly string[]>;
  readonly body: Uint8Array;
  readonly timeoutMs: number;
  readonly signal: CancelSignal;
}

/** Its answer; names of headers are in lower case. */
export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly header: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** Sends requests by POST. */
export interface HttpClient {
  /** Rejects with an `HttpCallError` when no answer came. */
  post(request: HttpRequest): Promise<HttpResponse>;
}

/** No answer came: nobody knows whether the request arrived. */
export class HttpCallError extends Error {
  override readonly name = "HttpCallError";
  constructor(
    message: string,
    readonly isTimeout: boolean,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Who the server is to other servers. */
const USER_AGENT = "temporalio/server";
const OPERATION_UNSUCCESSFUL = 424;
const JSON_TYPE = "application/json";

type StartOutcome = Awaited<ReturnType<NexusHttp["start"]>>;
type CallFailed = Extract<NexusCancelOutcome, { readonly kind: "callFailed" }>;

/** Speaks the Nexus protocol over HTTP: calls handlers, and sends completions. */
export class NexusHttpClient implements NexusHttp {
  readonly #http: HttpClient;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  async start(call: NexusHttpStart): Promise<StartOutcome> {
    const content = toContent(call.input);
    const header = new Map<string, string | readonly string[]>(call.header);
    for (const [name, value] of content.header) header.set(`content-${name}`, value);
    for (const [name, value] of call.callbackHeader) header.set(`nexus-callback-${name}`, value);
    header.set("nexus-request-id", call.requestId);
    header.set("nexus-link", formatLinks(call.links));
    header.set("temporal-nexus-failure-support", "true");
    const query =
      call.callbackUrl === "" ? "" : `?callback=${encodeURIComponent(call.callbackUrl)}`;
    const url = `${operationUrl(call)}${query}`;
    const response = await this.#send(call, { url, header, body: content.data });
    return "kind" in response ? response : startOutcome(response);
  }

  async cancel(
    call: NexusHttpCall & { readonly operationToken: string },
  ): Promise<NexusCancelOutcome> {
    const header = new Map<string, string | readonly string[]>(call.header);
    header.set("nexus-operation-token", call.operationToken);
    header.set("temporal-nexus-failure-support", "true");
    const url = `${operationUrl(call)}/cancel`;
    const response = await this.#send(call, { url, header, body: new Uint8Array(0) });
    if ("kind" in response) return response;
    if (response.status === 202) return { kind: "delivered" };
    return callFailure(response);
  }

  async complete(completion: NexusHttpCompletion): Promise<CallbackOutcome> {
    const { end, links } = completion;
    const header = new Map<string, string | readonly string[]>();
    let body: Uint8Array;
    if (end.kind === "completed") {
      const content = toContent(end.result);
      for (const [name, value] of content.header) header.set(`content-${name}`, value);
      header.set("nexus-operation-state", "succeeded");
      body = content.data;
    } else {
      header.set("nexus-operation-state", end.kind);
      header.set("content-type", JSON_TYPE);
      body = Buffer.from(JSON.stringify(fromFailure(end.cause ?? {})));
    }
    header.set("user-agent", USER_AGENT);
    header.set("nexus-operation-start-time", new Date(completion.startTimeMs).toUTCString());
    header.set("nexus-operation-close-time", new Date(completion.closeTimeMs).toISOString());
    header.set("nexus-link", formatLinks(links));
    // What whoever set the callback wants to be sent comes before everything else.
    for (const [name, value] of completion.header) header.set(name.toLowerCase(), value);
    const response = await this.#send(completion, { url: completion.url, header, body });
    if ("kind" in response) return callbackFailed(response);
    if (response.status >= 200 && response.status < 300) return { kind: "delivered" };
    return callbackFailed(callFailure(response));
  }

  async #send(
    call: { readonly timeoutMs: number; readonly signal: CancelSignal },
    request: Pick<HttpRequest, "url" | "header" | "body">,
  ): Promise<HttpResponse | CallFailed> {
    const { timeoutMs, signal } = call;
    const header = new Map(request.header);
    if (!header.has("user-agent")) header.set("user-agent", USER_AGENT);
    if (!header.has("request-timeout")) header.set("request-timeout", `${timeoutMs}ms`);
    try {
      return await this.#http.post({ ...request, header, timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof HttpCallError)) throw error;
      return callError(error.isTimeout ? "request timed out" : error.message, true);
    }
  }
}

function operationUrl({ baseUrl, service, operation }: NexusHttpCall): string {
  const base = baseUrl.replace(/\/+$/, "");
  return `${base}/${encodeURIComponent(service)}/${encodeURIComponent(operation)}`;
}

function startOutcome(response: HttpResponse): StartOutcome {
  const { status, header } = response;
  const links = parseLinks(header.get("nexus-link"));
  if (links === undefined) {
    return callError(`invalid links header: ["${header.get("nexus-link") ?? ""}"]`, true);
  }
  if (status === 200) {
    const result = fromContent({ header: contentHeader(header), data: response.body });
    if (result === undefined) return callError("proto: cannot parse the payload", true);
    return { kind: "succeeded", result, links: fromNexusLinks(links) };
  }
  if (status === 201) return startedOutcome(response, links);
  if (status !== OPERATION_UNSUCCESSFUL) return callFailure(response);
  const failure = failureOf(response);
  if (failure === undefined) {
    return callError(`invalid response content type: "${header.get("content-type") ?? ""}"`, true);
  }
  const state = isOperationError(failure)
    ? operationStateOf(failure)
    : (header.get("nexus-operation-state") ?? "");
  if (state !== "failed" && state !== "canceled") {
    return callError(`invalid operation state header: ${JSON.stringify(state)}`, true);
  }
  return readable(() => ({
    kind: "unsuccessful",
    state,
    cause: toFailure(withoutWrapper(failure)),
  }));
}

function startedOutcome(
  response: HttpResponse,
  links: ReturnType<typeof parseLinks> & {},
): StartOutcome {
  const info = jsonOf(response) as
    | { readonly state?: unknown; readonly token?: unknown; readonly id?: unknown }
    | undefined;
  if (info === undefined) {
    const type = response.header.get("content-type") ?? "";
    return callError(`invalid response content type: ${JSON.stringify(type)}`, true);
  }
  if (info.state !== "running") {
    const state = typeof info.state === "string" ? info.state : "";
    return callError(`invalid operation state in response info: ${JSON.stringify(state)}`, true);
  }
  const token = info.token ?? info.id;
  if (typeof token !== "string" || token === "") {
    return callError("empty operation token in response", true);
  }
  return { kind: "started", operationToken: token, links: fromNexusLinks(links) };
}

/** Headers of the body, without `content-`. */
export function contentHeader(header: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const prefix = "content-";
  return new Map(
    [...header]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, value]) => [name.slice(prefix.length), value]),
  );
}

function jsonOf({ header, body }: HttpResponse): unknown {
  const [type = ""] = (header.get("content-type") ?? "").split(";");
  if (type.trim().toLowerCase() !== JSON_TYPE) return undefined;
  try {
    return JSON.parse(Buffer.from(body).toString()) as unknown;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function failureOf(response: HttpResponse): NexusFailure | undefined {
  return readNexusFailure(jsonOf(response));
}

const ERROR_TYPES: ReadonlyMap<number, string> = new Map([
  [400, "BAD_REQUEST"],
  [401, "UNAUTHENTICATED"],
  [403, "UNAUTHORIZED"],
  [404, "NOT_FOUND"],
  [408, "REQUEST_TIMEOUT"],
  [409, "CONFLICT"],
  [429, "RESOURCE_EXHAUSTED"],
  [500, "INTERNAL"],
  [501, "NOT_IMPLEMENTED"],
  [503, "UNAVAILABLE"],
  [520, "UPSTREAM_TIMEOUT"],
]);

/** What an answer says that is none to the question. */
function callFailure(response: HttpResponse): CallFailed {
  const failure = failureOf(response);
  return readable(() => {
    if (failure !== undefined && isHandlerError(failure)) return fromHandler(toFailure(failure));
    const type = ERROR_TYPES.get(response.status);
    if (type === undefined) {
      const status = `${response.status} ${response.statusText}`.trim();
      const message = `unexpected response status: ${JSON.stringify(status)}`;
      const more = failure?.message === undefined ? "" : `: ${failure.message}`;
      return callError(`${message}${more}`, true);
    }
    const isRetryable = response.header.get("nexus-request-retryable")?.toLowerCase();
    const retryBehavior = retryBehaviorOf(
      isRetryable === "true" || (isRetryable === "false" ? false : undefined),
    );
    const value = { type, retryBehavior };
    const cause = failure === undefined ? undefined : toFailure(failure);
    return fromHandler({
      failureInfo: { kind: "nexusHandlerFailureInfo", value },
      ...(cause === undefined ? {} : { cause }),
    });
  });
}

function fromHandler(failure: ReturnType<typeof handlerFailure>): CallFailed {
  return { kind: "callFailed", failure, isRetryable: isRetryableHandlerFailure(failure) };
}

/** A failure whose details can't be read is an answer that can't be read. */
function readable<T>(read: () => T): T | CallFailed {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return callError(error.message, true);
  }
}

function callbackFailed({ failure, isRetryable }: CallFailed): CallbackOutcome {
  const { message = "", failureInfo } = failure;
  if (failureInfo?.kind !== "nexusHandlerFailureInfo") {
    return { kind: "failed", message, isRetryable };
  }
  const head = `handler error (${failureInfo.value.type ?? ""})`;
  return { kind: "failed", message: message === "" ? head : `${head}: ${message}`, isRetryable };
}
