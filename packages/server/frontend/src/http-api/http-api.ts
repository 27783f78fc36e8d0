import type { IncomingMessage, ServerResponse } from "node:http";
import { posix } from "node:path";
import { type Clock, InvalidArgumentError, type Logger } from "@perdure/kernel";
import { Status } from "@perdure/proto/google/rpc";
import { apiSchema, httpRoutes } from "@perdure/proto/schema";
import type { HttpRoute } from "@perdure/proto/wire";
import { EncodedResponse } from "../grpc/encoded-response.js";
import { GrpcError } from "../grpc/grpc-error.js";
import type { GrpcServerOptions } from "../grpc/grpc-server.js";
import { parseGrpcTimeout } from "../grpc/grpc-timeout.js";
import { type RpcRoute, RpcRoutes } from "../grpc/rpc-routes.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { HttpCall } from "./http-call.js";
import { httpStatusOf } from "./http-status.js";
import { encodeMessage } from "./json/encode-message.js";
import { type JsonForm, mediaType, wantedForms } from "./media-type.js";
import { readBody } from "./read-body.js";
import { readQuery } from "./read-query.js";
import { type RequestParts, readRequest } from "./read-request.js";
import { type MatchedRoute, RouteTable } from "./route-table.js";

/** What the HTTP API needs: the very same handlers and checks that gRPC has. */
export interface HttpApiOptions
  extends Pick<GrpcServerOptions, "services" | "toGrpcError" | "intercept"> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Largest body of a request, bytes. */
  readonly maxBodyBytes: number;
}

const FORM = "application/x-www-form-urlencoded";

/**
 * Answers the RPCs that have HTTP bindings, in JSON. All that it knows of them comes from the
 * descriptors.
 */
export class HttpApi {
  readonly #options: HttpApiOptions;
  readonly #rpcs: RpcRoutes;
  readonly #table: RouteTable;

  constructor(options: HttpApiOptions) {
    this.#options = options;
    this.#rpcs = new RpcRoutes(options.services);
    this.#table = new RouteTable(httpRoutes.filter((route) => this.#rpcs.get(pathOf(route))));
  }

  /** Answers one request, whatever it is. Never rejects. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = "", search = ""] = splitUrl(request.url ?? "/");
    const query = readQuery(search);
    const forms = wantedForms(request.headers, query);
    const exchange = new Exchange(response, forms.response);
    const clean = posix.normalize(path);
    if (clean !== path) {
      const location = search === "" ? clean : `${clean}?${search}`;
      response.writeHead(301, { location, "content-length": 0 }).end();
      return;
    }
    const isForm = mediaType(request.headers["content-type"]) === FORM;
    const found = this.#find(request.method ?? "GET", path, isForm);
    if (found instanceof GrpcError) {
      exchange.fail(found);
      return;
    }
    await this.#call(request, exchange, { ...found, query, isForm, form: forms.request });
  }

  #find(verb: string, path: string, isForm: boolean): MatchedRoute | GrpcError {
    if (!isWellFormed(path)) return new GrpcError(GrpcStatusCode.INVALID_ARGUMENT, "Bad Request");
    const search = this.#table.find(verb, path, isForm);
    switch (search.kind) {
      case "found":
        return search.matched;
      case "methodNotAllowed":
        return new GrpcError(GrpcStatusCode.UNIMPLEMENTED, "Method Not Allowed");
      default:
        return new GrpcError(GrpcStatusCode.NOT_FOUND, "Not Found");
    }
  }

  async #call(
    request: IncomingMessage,
    exchange: Exchange,
    parts: Omit<RequestParts, "body" | "schema" | "typeName">,
  ): Promise<void> {
    const { clock, intercept, maxBodyBytes, toGrpcError } = this.#options;
    const path = pathOf(parts.route);
    let call = new HttpCall(path, request, undefined);
    try {
      call = new HttpCall(path, request, readDeadline(request, clock));
      call.watch(exchange.response, clock, () => exchange.fail(DEADLINE_EXCEEDED));
      intercept?.(call);
      const rpc = this.#rpcs.get(path);
      if (rpc?.unary === undefined) throw this.#rpcs.unimplemented(path);
      const body = await readBody(request, maxBodyBytes);
      const typeName = rpc.method.request.typeName;
      const message = readRequest({ ...parts, body, schema: apiSchema, typeName });
      exchange.answer(rpc, await rpc.unary(toDecoded(rpc, message) as never, call));
    } catch (error) {
      if (error instanceof GrpcError) exchange.fail(error);
      else exchange.fail(toGrpcError(error, call));
    }
  }
}

const DEADLINE_EXCEEDED = new GrpcError(
  GrpcStatusCode.DEADLINE_EXCEEDED,
  "context deadline exceeded",
);

/** Handlers take messages as they are decoded: with every field. */
function toDecoded({ method }: RpcRoute, message: object): object {
  return method.request.decode(method.request.encode(message));
}

function pathOf({ service, method }: HttpRoute): string {
  return `/${service}/${method}`;
}

function splitUrl(url: string): readonly string[] {
  const mark = url.indexOf("?");
  return mark < 0 ? [url] : [url.slice(0, mark), url.slice(mark + 1)];
}

function isWellFormed(path: string): boolean {
  try {
    decodeURIComponent(path);
    return path.startsWith("/");
  } catch {
    return false;
  }
}

function readDeadline({ headers }: IncomingMessage, clock: Clock): number | undefined {
  const timeout = headers["grpc-timeout"];
  if (typeof timeout !== "string") return undefined;
  try {
    return clock.nowMs() + parseGrpcTimeout(timeout);
  } catch (error) {
    throw new InvalidArgumentError(`invalid grpc-timeout: ${timeout}`, { cause: error });
  }
}

/** The one answer to a request. */
class Exchange {
  readonly #form: JsonForm;

  constructor(
    readonly response: ServerResponse,
    form: JsonForm,
  ) {
    this.#form = form;
  }

  answer({ method }: RpcRoute, result: object | EncodedResponse): void {
    const bytes = result instanceof EncodedResponse ? result.bytes : method.response.encode(result);
    this.#send(200, method.response.decode(bytes), method.response.typeName);
  }

  fail(error: GrpcError): void {
    const status = Status.decode(error.encodeStatus());
    this.#send(httpStatusOf(error.code), status, Status.typeName);
  }

  #send(status: number, message: object, typeName: string): void {
    const { isPretty, hasShorthand, contentType } = this.#form;
    const value = encodeMessage(message, typeName, { schema: apiSchema, hasShorthand });
    const body = Buffer.from(JSON.stringify(value, undefined, isPretty ? 2 : undefined));
    if (this.response.headersSent || this.response.destroyed) return;
    const head = { "content-type": contentType, "content-length": body.length };
    // The rest of a request that was not read to its end would be taken for the next one.
    const close = this.response.req.complete ? {} : { connection: "close" };
    this.response.writeHead(status, { ...head, ...close }).end(body);
  }
}
