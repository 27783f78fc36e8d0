import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import type { GrpcService, StreamHandler, UnaryHandler } from "../grpc/grpc-service.js";

/** Stands before handlers and lets calls through, or throws what they are answered with. */
export interface ServiceGuard {
  guard(method: AnyMethodDescriptor, handler: UnaryHandler): UnaryHandler;
  /** Absent: calls of many requests are let through. */
  guardStream?(method: AnyMethodDescriptor, handler: StreamHandler): StreamHandler;
}

/**
 * Puts guards before everything that some services answer, whatever way a call comes in.
 *
 * @param guards - The first one is asked first.
 */
export function guardServices(
  services: readonly GrpcService[],
  guards: readonly ServiceGuard[],
): readonly GrpcService[] {
  if (guards.length === 0) return services;
  const inner = guards.toReversed();
  return services.map(({ descriptor, unary = new Map(), streams = new Map() }) => {
    const guardedUnary = new Map<string, UnaryHandler>();
    const guardedStreams = new Map<string, StreamHandler>();
    for (const method of Object.values(descriptor.methods)) {
      const answer = unary.get(method.name);
      const stream = streams.get(method.name);
      if (answer !== undefined) {
        const guarded = inner.reduce((handler, guard) => guard.guard(method, handler), answer);
        guardedUnary.set(method.name, guarded);
      }
      if (stream !== undefined) {
        const guarded = inner.reduce(
          (handler, guard) => guard.guardStream?.(method, handler) ?? handler,
          stream,
        );
        guardedStreams.set(method.name, guarded);
      }
    }
    return { descriptor, unary: guardedUnary, streams: guardedStreams };
  });
}
