import type { MessageType } from "./message-type.js";

/** One method of a gRPC service. */
export interface MethodDescriptor<Req extends object, ReqInit, Res extends object, ResInit> {
  readonly name: string;
  /** Path of the HTTP/2 request: `/<service>/<method>`. */
  readonly path: string;
  readonly request: MessageType<Req, ReqInit>;
  readonly response: MessageType<Res, ResInit>;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
}

/** A method of which only the shape is known. */
export type AnyMethodDescriptor = MethodDescriptor<object, object, object, object>;

/** One gRPC service with its methods by name. */
export interface ServiceDescriptor {
  /** Full name in the protocol, such as `temporal.api.workflowservice.v1.WorkflowService`. */
  readonly typeName: string;
  readonly methods: Readonly<Record<string, AnyMethodDescriptor>>;
}
