import { present } from "@perdure/kernel";
import { StartWorkflowExecutionRequest } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { PrepareStart } from "@perdure/runtime";
import { checkStart, type StartCheckDeps } from "./start-checks.js";

/** Checks starts that the server makes itself as those of clients are checked. */
export function startPreparer(
  deps: Omit<StartCheckDeps, "namespaces"> & {
    readonly namespaces: StartCheckDeps["namespaces"] & {
      nameOf(id: string): string | undefined;
    };
  },
): PrepareStart {
  return (namespaceId, request) => {
    const namespace = present(deps.namespaces.nameOf(namespaceId), "A start has a namespace");
    // Absent fields get the values that they would have on the wire.
    const sent = StartWorkflowExecutionRequest.encode({ ...request, namespace });
    return checkStart(StartWorkflowExecutionRequest.decode(sent), deps);
  };
}
