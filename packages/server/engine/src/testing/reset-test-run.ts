import type { ResetReapplyExcludeType } from "@perdure/proto/temporal/api/enums/v1";
import type { OptionsChange } from "../workflow/change-options.js";
import { markReset, type ResetInput, resetRun, terminateForReset } from "../workflow/reset-run.js";
import { isOpen } from "../workflow/run-state.js";
import type { LogRecord } from "../workflow/step.js";
import { TestRun } from "./test-run.js";

/** What a reset asks for, without what every reset of a test has. */
export interface TestReset {
  readonly excluded?: readonly ResetReapplyExcludeType[];
  readonly operations?: readonly OptionsChange[];
  readonly successors?: readonly (readonly LogRecord[])[];
}

const RESET_RUN_ID = "run-2";

/** Resets a run to the end of the workflow task with this finishing event; both go on. */
export function resetTo(base: TestRun, finishEventId: number, reset: TestReset = {}): TestRun {
  const { environment } = base;
  const { namespaceId, workflowId } = base.state;
  const identity = { namespaceId, workflowId, runId: RESET_RUN_ID };
  const history = base.records.slice();
  const ending = { reason: "again", resetRunId: RESET_RUN_ID };
  const wasOpen = isOpen(base.state);
  const change = wasOpen
    ? terminateForReset(base.state, ending, environment)
    : markReset(base.state, RESET_RUN_ID, environment);
  const input: ResetInput = {
    baseRunId: base.state.runId,
    startRequestId: "start-request",
    history,
    finishEventId,
    reason: "again",
    successors: reset.successors ?? [],
    ending: wasOpen ? change.record : undefined,
    excluded: new Set(reset.excluded),
    operations: reset.operations ?? [],
  };
  const made = resetRun(identity, input, environment);
  base.apply(change);
  return new TestRun({ limits: base.limits }, { identity, reset: made, nowMs: base.nowMs });
}
