import type { CancelSignal } from "@perdure/kernel";
import {
  Health,
  type HealthCheckRequest,
  HealthCheckResponse_ServingStatus,
} from "@perdure/proto/grpc/health/v1";
import type { CallContext } from "./call-context.js";
import { GrpcError } from "./grpc-error.js";
import type { GrpcService, UnaryHandler } from "./grpc-service.js";
import { GrpcStatusCode } from "./status-codes.js";

/** `grpc.health.v1.Health`: the named services, and the server as a whole, are serving. */
export function healthService(serviceNames: readonly string[]): GrpcService {
  const known = new Set(["", ...serviceNames]);
  const { SERVING, SERVICE_UNKNOWN } = HealthCheckResponse_ServingStatus;
  return {
    descriptor: Health,
    unary: new Map<string, UnaryHandler>([
      [
        "Check",
        (request: HealthCheckRequest) => {
          if (known.has(request.service)) return { status: SERVING };
          throw new GrpcError(GrpcStatusCode.NOT_FOUND, "unknown service");
        },
      ],
      ["List", () => ({ statuses: new Map([...known].map(servingStatus)) })],
    ]),
    streams: new Map([
      [
        "Watch",
        async function* watch(requests: AsyncIterable<HealthCheckRequest>, call: CallContext) {
          for await (const request of requests) {
            yield { status: known.has(request.service) ? SERVING : SERVICE_UNKNOWN };
            await aborted(call.signal);
          }
        },
      ],
    ]),
  };
}

function servingStatus(service: string) {
  return [service, { status: HealthCheckResponse_ServingStatus.SERVING }] as const;
}

/** Resolves when nobody watches any more. */
function aborted(signal: CancelSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve());
  });
}
