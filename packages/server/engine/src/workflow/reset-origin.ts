import type { ResetOrigin } from "@perdure/proto/perdure/internal/v1";
import type { RunDraft } from "./run-state.js";

/** Makes the draft a run that a reset made: its time begins with the reset. */
export function setResetOrigin(draft: RunDraft, origin: ResetOrigin): void {
  draft.uncommon = { ...draft.uncommon, resetOrigin: origin, firstEventTimeMs: draft.startTimeMs };
  draft.startTimeMs = origin.resetAtMs;
}
