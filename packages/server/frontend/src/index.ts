export { toGrpcError } from "./errors/to-grpc-error.js";
export type { CallContext, RequestMetadata } from "./grpc/call-context.js";
export { EncodedResponse } from "./grpc/encoded-response.js";
export { type ErrorDetail, GrpcError } from "./grpc/grpc-error.js";
export {
  DEFAULT_GRPC_LIMITS,
  type GrpcLimits,
  GrpcServer,
  type GrpcServerOptions,
} from "./grpc/grpc-server.js";
export type { GrpcService, StreamHandler, UnaryHandler } from "./grpc/grpc-service.js";
export { healthService } from "./grpc/health-service.js";
export { reflectionServices } from "./grpc/reflection-service.js";
export { GrpcStatusCode } from "./grpc/status-codes.js";
export { namespaceHandlers } from "./namespaces/handlers.js";
export { type Namespace, NamespaceRegistry } from "./namespaces/namespace-registry.js";
export { checkClientVersion } from "./system/client-versions.js";
export { systemHandlers } from "./system/handlers.js";
export type { WorkflowServiceDeps } from "./workflow-service/deps.js";
export { workflowHandlers } from "./workflow-service/handlers.js";
