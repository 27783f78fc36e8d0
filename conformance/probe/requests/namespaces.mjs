/** Namespaces, clusters, search attributes and what a server says of itself. */
import { step } from "./step.mjs";

const NAME = "probe-space";

export const namespaceSteps = [
  step("RegisterNamespace", {
    namespace: NAME,
    workflowExecutionRetentionPeriod: { seconds: 86_400 },
  }),
  step("DescribeNamespace", { namespace: "default" }),
  step("ListNamespaces", {}),
  step("UpdateNamespace", { namespace: "default", updateInfo: { description: "probed" } }),
  step("DeprecateNamespace", { namespace: NAME }),
  step("GetSearchAttributes", {}),
  step("GetClusterInfo", {}),
  step("GetSystemInfo", {}),
  step("AddSearchAttributes", { searchAttributes: { ProbeKeyword: "INDEXED_VALUE_TYPE_KEYWORD" } }),
  step("ListSearchAttributes", {}),
  step("RemoveSearchAttributes", { searchAttributes: ["ProbeKeyword"] }),
  step("ListClusters", {}),
  step("AddOrUpdateRemoteCluster", { frontendAddress: "127.0.0.1:1" }),
  step("RemoveRemoteCluster", { clusterName: "probe-cluster" }),
];

/** Comes last: nothing may be left in the namespace. */
export const lastSteps = [step("DeleteNamespace", { namespace: NAME })];
