import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";

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

/** What the worker is told: the cause, and what is wrong with the command. */
export function messageOf(error: BadCommandError): string {
  const name = causeName(error.failedCause);
  return error.message === name ? name : `${name}: ${error.message}`;
}

/** Name of a cause in texts for people. */
export function causeName(cause: WorkflowTaskFailedCause | undefined): string {
  const entry = Object.entries(WorkflowTaskFailedCause).find(([, value]) => value === cause);
  const words = (entry?.[0] ?? "UNSPECIFIED").toLowerCase().split("_");
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}
