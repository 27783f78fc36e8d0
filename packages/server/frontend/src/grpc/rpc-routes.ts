import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import { GrpcError } from "./grpc-error.js";
import type { GrpcService, StreamHandler, UnaryHandler } from "./grpc-service.js";
import { GrpcStatusCode } from "./status-codes.js";

/** One method and what answers it. */
export interface RpcRoute {
  readonly method: AnyMethodDescriptor;
  readonly unary: UnaryHandler | undefined;
  readonly stream: StreamHandler | undefined;
}

/** Every method of some services, by its path. All ways to call the server share them. */
export class RpcRoutes {
  readonly #routes = new Map<string, RpcRoute>();
  readonly #serviceNames = new Set<string>();

  constructor(services: readonly GrpcService[]) {
    for (const { descriptor, unary, streams } of services) {
      this.#serviceNames.add(descriptor.typeName);
      for (const method of Object.values(descriptor.methods)) {
        const { name, path } = method;
        this.#routes.set(path, { method, unary: unary?.get(name), stream: streams?.get(name) });
      }
    }
  }

  /** @param path - `/<service>/<method>` */
  get(path: string): RpcRoute | undefined {
    return this.#routes.get(path);
  }

  /** What the client is told of a path that nothing answers. */
  unimplemented(path: string): GrpcError {
    const code = GrpcStatusCode.UNIMPLEMENTED;
    const slash = path.lastIndexOf("/");
    if (!path.startsWith("/") || slash <= 0) {
      return new GrpcError(code, `malformed method name: "${path}"`);
    }
    const service = path.slice(1, slash);
    const method = path.slice(slash + 1);
    if (!this.#serviceNames.has(service)) return new GrpcError(code, `unknown service ${service}`);
    if (!this.#routes.has(path)) {
      return new GrpcError(code, `unknown method ${method} for service ${service}`);
    }
    return new GrpcError(code, `method ${method} not implemented`);
  }
}
