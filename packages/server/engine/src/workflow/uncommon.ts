import type {
  AttachedCallbackInit,
  CallbackProgress,
  ResetOrigin,
  RunOptionsInit,
  RunPause,
  RunVersioning,
} from "@perdure/proto/perdure/internal/v1";
import { Map as PersistentMap } from "immutable";
import type { NexusOperation } from "./nexus-operation.js";
import type { Peers } from "./peers.js";
import type { RunState, WorkflowTask } from "./run-state.js";
import { NO_PROBLEMS, type TaskProblems } from "./task-problems.js";

/** What few runs have: it is kept apart, so that it costs the others no more than one field. */
export interface Uncommon {
  /** Callbacks that later requests attached, in that order. */
  readonly attachedCallbacks: readonly AttachedCallbackInit[];
  readonly taskProblems: TaskProblems;
  readonly leftover: Leftover | undefined;
  /** How a reset made the run; `undefined` for other runs. */
  readonly resetOrigin: ResetOrigin | undefined;
  /** Time of event 1, which a reset takes over from another run; 0 for other runs. */
  readonly firstEventTimeMs: number;
  /** The run that the last reset of this one made; empty for none. */
  readonly resetRunId: string;
  /** Who paused the run; it stays when a paused run closes. */
  readonly pause: RunPause | undefined;
  /** Options as they are now, once one was changed after the start. */
  readonly options: RunOptionsInit | undefined;
  /** The version of the run's workers; `undefined` while none with a version had to do with it. */
  readonly versioning: RunVersioning | undefined;
  /** Pending Nexus operations by the ID of their scheduled event; a closed run keeps its own. */
  readonly nexusOperations: PersistentMap<number, NexusOperation>;
  /** How far the callbacks of a closed run are; empty before its end. */
  readonly callbacks: readonly CallbackProgress[];
}

/** Of most runs. */
export const NOTHING_UNCOMMON: Uncommon = {
  attachedCallbacks: [],
  taskProblems: NO_PROBLEMS,
  leftover: undefined,
  resetOrigin: undefined,
  firstEventTimeMs: 0,
  resetRunId: "",
  pause: undefined,
  options: undefined,
  versioning: undefined,
  nexusOperations: PersistentMap(),
  callbacks: [],
};

/** What a closed run has left undone: nothing comes of it any more. */
export interface Leftover {
  readonly activities: RunState["activities"];
  readonly children: Peers["children"];
  readonly workflowTask: WorkflowTask | undefined;
}
