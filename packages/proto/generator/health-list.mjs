/** `Health.List` of the newer health service, which `@temporalio/proto` does not have. */
const FILE = "grpc/health/v1/health.proto";

export const HEALTH_LIST = `syntax = "proto3";
package grpc.health.v1;
message HealthListRequest {}
message HealthListResponse { map<string, HealthCheckResponse> statuses = 1; }
`;

/** Adds the method and its messages to a root that has the service without them. */
export function addHealthList(protobuf, root) {
  protobuf.parse(HEALTH_LIST, root);
  const health = root.lookup("grpc.health.v1");
  for (const name of ["HealthListRequest", "HealthListResponse"]) health.get(name).filename = FILE;
  const method = new protobuf.Method("List", "rpc", "HealthListRequest", "HealthListResponse");
  health.get("Health").add(method);
}
