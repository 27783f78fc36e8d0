/** A client of the wire alone: `@grpc/grpc-js` with the published descriptors. */
import { createRequire } from "node:module";
import grpc from "@grpc/grpc-js";

const require = createRequire(import.meta.url);
const root = require("@temporalio/proto/protos/json-module.js");
const SERVICE = "temporal.api.workflowservice.v1.WorkflowService";
const CALL_MS = 5000;
const PLAIN = { enums: String, longs: Number, defaults: false };

export class RawClient {
  #service = root.lookupService(SERVICE).resolveAll();
  #client;

  constructor(address) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure(), {
      "grpc.initial_reconnect_backoff_ms": 50,
      "grpc.max_reconnect_backoff_ms": 200,
    });
  }

  /** Calls a method once; the result and the request are plain objects. */
  call(name, request, timeoutMs = CALL_MS) {
    const method = this.#service.methods[name];
    const { resolvedRequestType: input, resolvedResponseType: output } = method.resolve();
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        `/${SERVICE}/${name}`,
        (message) => Buffer.from(input.encode(input.fromObject(message)).finish()),
        (bytes) => output.toObject(output.decode(bytes), PLAIN),
        { namespace: "default", identity: "crash", ...request },
        { deadline: Date.now() + timeoutMs },
        (error, response) => (error === null ? resolve(response) : reject(error)),
      );
    });
  }

  /** Repeats a call until the server answers it; `undefined` for an error that is an answer too. */
  async untilAnswered(name, request, answers = []) {
    for (;;) {
      try {
        return await this.call(name, request);
      } catch (error) {
        if (answers.includes(grpc.status[error.code])) return undefined;
        const isPassing = [
          grpc.status.UNAVAILABLE,
          grpc.status.DEADLINE_EXCEEDED,
          grpc.status.CANCELLED,
          // An update of a workflow whose task fails or times out again and again: not now.
          grpc.status.FAILED_PRECONDITION,
        ];
        if (!isPassing.includes(error.code)) throw error;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  close() {
    this.#client.close();
  }
}
