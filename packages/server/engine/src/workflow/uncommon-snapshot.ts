import type { RunSnapshot, RunSnapshotInit } from "@perdure/proto/perdure/internal/v1";
import { restoreLeftover, snapshotLeftover } from "./leftover.js";
import { restoreNexusOperations, snapshotNexusOperations } from "./nexus-snapshot.js";
import { setResetOrigin } from "./reset-origin.js";
import type { RunDraft } from "./run-state.js";
import { NO_PROBLEMS } from "./task-problems.js";
import type { Uncommon } from "./uncommon.js";

/** The fields of a snapshot that keep what few runs have. */
export function snapshotUncommon(uncommon: Uncommon): RunSnapshotInit {
  const { taskProblems } = uncommon;
  return {
    attachedCallbacks: uncommon.attachedCallbacks,
    problems: taskProblems === NO_PROBLEMS ? undefined : taskProblems,
    leftover: snapshotLeftover(uncommon.leftover),
    resetOrigin: uncommon.resetOrigin,
    resetRunId: uncommon.resetRunId,
    pause: uncommon.pause,
    options: uncommon.options,
    versioning: uncommon.versioning,
    nexusOperations: snapshotNexusOperations(uncommon.nexusOperations),
    callbacks: uncommon.callbacks,
  };
}

/** Restores what `snapshotUncommon` kept. */
export function restoreUncommon(draft: RunDraft, snapshot: RunSnapshot): void {
  draft.uncommon = {
    attachedCallbacks: snapshot.attachedCallbacks,
    taskProblems: snapshot.problems ?? NO_PROBLEMS,
    leftover: restoreLeftover(snapshot.leftover),
    resetOrigin: undefined,
    firstEventTimeMs: 0,
    resetRunId: snapshot.resetRunId,
    pause: snapshot.pause,
    options: snapshot.options,
    versioning: snapshot.versioning,
    nexusOperations: restoreNexusOperations(snapshot.nexusOperations),
    callbacks: snapshot.callbacks,
  };
  if (snapshot.resetOrigin !== undefined) setResetOrigin(draft, snapshot.resetOrigin);
}
