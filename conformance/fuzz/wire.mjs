/** Every RPC of the two services, as `@temporalio/proto` describes it, and calls with raw bytes. */
import { createRequire } from "node:module";
import grpc from "@grpc/grpc-js";

const SERVICES = [
  "temporal.api.workflowservice.v1.WorkflowService",
  "temporal.api.operatorservice.v1.OperatorService",
];
const root = createRequire(import.meta.url)("@temporalio/proto/protos/json-module.js");
root.resolveAll();

/** Methods with resolved types, each with its path. */
export function allMethods() {
  return SERVICES.flatMap(methodsOf);
}

/** The methods of a service, given by its full name. */
export function methodsOf(serviceName) {
  const service = root.lookupService(serviceName).resolveAll();
  return service.methodsArray.map((method) => {
    const { resolvedRequestType, resolvedResponseType } = method.resolve();
    const path = `/${serviceName}/${method.name}`;
    const options = method.parsedOptions;
    return { name: method.name, path, options, resolvedRequestType, resolvedResponseType };
  });
}

/** The encoding of a message of the named type, given in the form of proto3 JSON. */
export function encode(typeName, message) {
  const type = root.lookupType(typeName);
  return Buffer.from(type.encode(type.fromObject(message)).finish());
}

export class RawCaller {
  #client;

  constructor(address) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.max_send_message_length": 64 * 1024 * 1024,
      "grpc.enable_retries": 0,
    });
  }

  /** Sends bytes to a method; resolves with the status, its message and the response. */
  call(path, bytes, timeoutMs) {
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        path,
        (raw) => raw,
        (raw) => raw,
        bytes,
        { deadline: Date.now() + timeoutMs },
        (error, response) => {
          if (error === null) resolve({ code: "OK", message: "", response });
          else resolve({ code: grpc.status[error.code], message: error.details });
        },
      );
    });
  }

  close() {
    this.#client.close();
  }
}
