/** What is sent over HTTP. */
export interface HttpRequest {
  readonly headers?: Readonly<Record<string, string>>;
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown;
}

/** What a request over HTTP came to. */
export interface HttpAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly location: string | undefined;
  readonly text: string;
}

const TIMEOUT_MS = 20_000;

/** Asks one HTTP listener. */
export class HttpCaller {
  readonly #origin: string;

  /** @param address - `host:port`, without TLS. */
  constructor(address: string) {
    this.#origin = `http://${address}`;
  }

  /** Asks once; an error status is an answer, never a rejection. */
  async ask(method: string, path: string, request: HttpRequest): Promise<HttpAnswer> {
    const { body, headers = {} } = request;
    const init: RequestInit = {
      method,
      headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
    if (body !== undefined) init.body = typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${this.#origin}${path}`, init);
    return {
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      location: response.headers.get("location") ?? undefined,
      text: await response.text(),
    };
  }
}
