import type { Program } from "./program.js";

/** What a client does besides starting its workflow and sending the signals it waits for. */
export interface ClientPlan extends Program {
  readonly workflowId: string;
  /** How the client tries to end the workflow before its time, if it does. */
  readonly interruption: "cancel" | "terminate" | undefined;
  readonly asksQueries: boolean;
  /** Signals to each run that its program does not wait for. */
  readonly extraSignals: number;
  /** Whether somebody pauses, resets and changes the activities of the workflow's first run. */
  readonly operatesActivities: boolean;
  /** How often the workflow ID is used. */
  readonly lives: number;
  /** Whether somebody resets the workflow, or pauses it, at some time. */
  readonly operation: "reset" | "pause" | undefined;
}
