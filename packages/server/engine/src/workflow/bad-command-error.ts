import type { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";

/** A worker's command is illegal: its workflow task fails and none of its commands happens. */
export class BadCommandError extends Error {
  override readonly name = "BadCommandError";
  constructor(
    readonly failedCause: WorkflowTaskFailedCause,
    message: string,
    /** Whether the workflow is terminated, because no later attempt could do better. */
    readonly isFatal = false,
  ) {
    super(message);
  }
}
