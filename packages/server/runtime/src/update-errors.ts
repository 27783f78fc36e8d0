import type { UpdateNotice } from "@perdure/engine";
import {
  ResourceExhaustedError,
  UpdateAbortedByCloseError,
  unreachable,
  WorkflowNotReadyError,
} from "@perdure/kernel";

/** The workflow is about to close: more news would keep it from that. */
export function closingError(): ResourceExhaustedError {
  return new ResourceExhaustedError(
    "workflow operation can not be applied because workflow is closing",
    { cause: "BUSY_WORKFLOW", scope: "NAMESPACE" },
  );
}

/** What the caller of an update is told that ended without an outcome. */
export function abortError(notice: UpdateNotice & { readonly kind: "aborted" }): Error {
  switch (notice.reason) {
    case "closed":
      return new UpdateAbortedByCloseError("workflow update was aborted by closing workflow");
    case "continued":
    case "lost":
      return closingError();
    case "taskFailed":
      return new WorkflowNotReadyError(
        "Unable to perform workflow execution update due to unexpected workflow task failure.",
      );
    default:
      return unreachable(notice.reason);
  }
}
