import type { IncomingMessage, ServerResponse } from "node:http";

/** Answers a request. What it rejects with is logged and answered with 500. */
export type HttpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => void | Promise<void>;

/** What a part of the server answers on the HTTP listener. */
export interface HttpRouteEntry {
  /** For the log. */
  readonly name: string;
  /** Whether the request is for this part; `path` is without the query, and as it was sent. */
  readonly matches: (request: IncomingMessage, path: string) => boolean;
  readonly handle: HttpHandler;
}

/**
 * Who answers what on the HTTP listener: the first part that matches. Parts are mounted before the
 * server listens; the most specific ones first, since the API takes everything that is left.
 */
export class HttpRoutes {
  readonly #entries: HttpRouteEntry[] = [];

  mount(entry: HttpRouteEntry): void {
    this.#entries.push(entry);
  }

  /** Mounts a part at one exact path, for GET and HEAD. */
  mountPage(path: string, handle: HttpHandler): void {
    this.mount({
      name: path,
      matches: ({ method }, asked) => asked === path && (method === "GET" || method === "HEAD"),
      handle,
    });
  }

  /** Finds who answers a request; `undefined`: nobody. */
  find(request: IncomingMessage): HttpRouteEntry | undefined {
    const url = request.url ?? "/";
    const mark = url.indexOf("?");
    const path = mark < 0 ? url : url.slice(0, mark);
    return this.#entries.find((entry) => entry.matches(request, path));
  }
}
