import type { ServiceDescriptor } from "@perdure/proto/wire";
import type { CallContext } from "./call-context.js";
import type { EncodedResponse } from "./encoded-response.js";

/** Answers a call of one request and one response. */
export type UnaryHandler = (
  request: never,
  call: CallContext,
) => object | EncodedResponse | Promise<object | EncodedResponse>;

/** Answers a call of many requests or responses. Its iteration ends when the client goes away. */
export type StreamHandler = (
  requests: AsyncIterable<never>,
  call: CallContext,
) => AsyncIterable<object>;

/** A service with what is implemented of it; a method without a handler answers Unimplemented. */
export interface GrpcService {
  readonly descriptor: ServiceDescriptor;
  readonly unary?: ReadonlyMap<string, UnaryHandler>;
  readonly streams?: ReadonlyMap<string, StreamHandler>;
}
