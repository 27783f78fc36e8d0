export type { CallContext, RequestMetadata } from "./grpc/call-context.js";
export { EncodedResponse } from "./grpc/encoded-response.js";
export type { WorkflowServiceDeps } from "./workflow-service/deps.js";
export { type WorkflowHandler, workflowHandlers } from "./workflow-service/handlers.js";
