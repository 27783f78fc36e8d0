import type { PlainObject } from "./wire/plain.js";

export interface CallOptions {
  /** Says in the transcript what the call is for. */
  readonly label?: string;
  /** The call's deadline; 20 s by default. */
  readonly deadlineMs?: number;
  /** Whether the call is repeated while it is refused as unavailable, which is chance. */
  readonly isRetried?: boolean;
  /** What the transcript shows in place of a response that is long. */
  readonly summary?: (response: PlainObject) => readonly string[];
}

/** A call that was begun and whose result is not yet in the transcript. */
export interface PendingCall {
  /** Puts the result into the transcript; an error ends the scenario. */
  response(): Promise<PlainObject>;
  /** Puts the result into the transcript; undefined for an error. */
  result(): Promise<PlainObject | undefined>;
}

export interface WorkflowRef {
  readonly workflowId: string;
  readonly runId: string;
}

export interface PolledWorkflowTask {
  readonly taskToken: Uint8Array;
  readonly execution: WorkflowRef;
  readonly startedEventId: number;
  readonly response: PlainObject;
}

export interface PolledActivityTask {
  readonly taskToken: Uint8Array;
  readonly response: PlainObject;
}
