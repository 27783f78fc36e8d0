import { request as httpRequest, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import {
  HttpCallError,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from "@perdure/frontend";
import type { Clock } from "@perdure/kernel";

/** Most bytes of an answer that are read. */
const BODY_BYTES_MAX = 8 * 1024 * 1024;

/** Sends requests over the network. */
export class NodeHttpClient implements HttpClient {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  post(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      const abort = new AbortController();
      let isTimeout = false;
      const timer = this.#clock.schedule(request.timeoutMs, () => {
        isTimeout = true;
        abort.abort();
      });
      const stop = (): void => abort.abort();
      request.signal.addEventListener("abort", stop);
      send(request, abort.signal)
        .then(resolve, (cause: unknown) => {
          const text = cause instanceof Error ? cause.message : String(cause);
          const message = `Post ${JSON.stringify(request.url)}: ${text}`;
          reject(new HttpCallError(message, isTimeout, { cause }));
        })
        .finally(() => {
          timer.cancel();
          request.signal.removeEventListener("abort", stop);
        });
    });
  }
}

function send(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const url = new URL(request.url);
    const make = url.protocol === "https:" ? httpsRequest : httpRequest;
    const headers: OutgoingHttpHeaders = {
      ...Object.fromEntries([...request.header].map(([name, value]) => [name, headerOf(value)])),
      "content-length": String(request.body.length),
    };
    const sent = make(url, { method: "POST", headers, signal }, (response) => {
      readBody(response).then(
        (body) => resolve(answerOf(response, body)),
        (error: unknown) => reject(error),
      );
    });
    sent.on("error", reject);
    sent.end(request.body);
  });
}

async function readBody(response: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      throw new HttpCallError("http: response body too large", false);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answerOf(response: IncomingMessage, body: Uint8Array): HttpResponse {
  const header = new Map<string, string>();
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) header.set(name, Array.isArray(value) ? value.join(",") : value);
  }
  return {
    status: response.statusCode ?? 0,
    statusText: response.statusMessage ?? "",
    header,
    body,
  };
}

function headerOf(value: string | readonly string[]): string | string[] {
  return typeof value === "string" ? value : [...value];
}
