export { Authorizer, type AuthorizerDeps, type ClaimsSource } from "./access/authorizer.js";
export { type Claims, claimsOf, Role, roleOfName } from "./access/claims.js";
export { guardServices, type ServiceGuard } from "./access/guard-services.js";
export { rpcAccess } from "./access/rpc-access.js";
export { batchTargets } from "./batches/batch-targets.js";
export { batchHandlers } from "./batches/handlers.js";
export { deploymentHandlers } from "./deployments/handlers.js";
export { toGrpcError } from "./errors/to-grpc-error.js";
export type { CallContext, RequestMetadata } from "./grpc/call-context.js";
export { EncodedResponse } from "./grpc/encoded-response.js";
export { type ErrorDetail, GrpcError } from "./grpc/grpc-error.js";
export { DEFAULT_GRPC_LIMITS, type GrpcLimits } from "./grpc/grpc-limits.js";
export { GrpcServer, type GrpcServerOptions } from "./grpc/grpc-server.js";
export type { GrpcService, StreamHandler, UnaryHandler } from "./grpc/grpc-service.js";
export { healthService } from "./grpc/health-service.js";
export { reflectionServices } from "./grpc/reflection-service.js";
export { GrpcStatusCode } from "./grpc/status-codes.js";
export { namespaceHandlers } from "./namespaces/handlers.js";
export { type Namespace, NamespaceRegistry } from "./namespaces/namespace-registry.js";
export { searchAttributeHandlers } from "./namespaces/search-attribute-handlers.js";
export { type EndpointHandlersDeps, nexusEndpointHandlers } from "./nexus/endpoint-handlers.js";
export {
  HttpCallError,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
  NexusHttpClient,
} from "./nexus/nexus-http-client.js";
export { type OperatorHandlersDeps, operatorHandlers } from "./operator/handlers.js";
export type { CallRate } from "./quotas/priority-buckets.js";
export {
  type GroupRates,
  type NamespaceQuota,
  QuotaGuard,
  type QuotaSource,
} from "./quotas/quota-guard.js";
export { scheduleHandlers } from "./schedules/handlers.js";
export { checkClientVersion } from "./system/client-versions.js";
export { systemHandlers } from "./system/handlers.js";
export { timeSkippingHandlers } from "./time-skipping/handlers.js";
export type { CallbackAddressRule, WorkflowServiceDeps } from "./workflow-service/deps.js";
export { workflowHandlers } from "./workflow-service/handlers.js";
export { startPreparer } from "./workflow-service/prepare-start.js";
