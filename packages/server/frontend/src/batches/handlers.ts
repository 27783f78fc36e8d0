import type { UnaryHandler } from "../grpc/grpc-service.js";
import {
  describeBatchOperation,
  listBatchOperations,
  startBatchOperation,
  stopBatchOperation,
} from "./batch-calls.js";
import type { BatchServiceDeps } from "./deps.js";

/** The RPCs of `WorkflowService` on batch operations, by method name. */
export function batchHandlers(deps: BatchServiceDeps): ReadonlyMap<string, UnaryHandler> {
  type Handle = (request: never, deps: BatchServiceDeps) => ReturnType<UnaryHandler>;
  const handlers = new Map<string, UnaryHandler>();
  for (const [name, handle] of Object.entries<Handle>(HANDLERS)) {
    handlers.set(name, (request: never) => {
      const { namespace = "" } = request as { readonly namespace?: string };
      return handle(request, { ...deps, limits: deps.limitsOf?.(namespace) ?? deps.limits });
    });
  }
  return handlers;
}

const HANDLERS = {
  StartBatchOperation: startBatchOperation,
  StopBatchOperation: stopBatchOperation,
  DescribeBatchOperation: describeBatchOperation,
  ListBatchOperations: listBatchOperations,
};
