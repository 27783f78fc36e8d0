import { isOpen } from "@perdure/engine";
import { NotFoundError } from "@perdure/kernel";
import type { EntityKey, Store } from "@perdure/persistence";
import { EntitySlot } from "./entity-slot.js";
import type { LoadedRun } from "./loaded-run.js";
import { readRun } from "./run-store.js";

/** Everything in memory about one workflow ID. */
export class WorkflowSlot extends EntitySlot<LoadedRun> {
  constructor(key: EntityKey, store: Store) {
    super(key, { store, read: (row) => readRun(store, row), notFound });
  }

  /** Whether no run of the slot that is in memory is open. */
  get isClosed(): boolean {
    for (const run of this.runs.values()) if (isOpen(run.state)) return false;
    return true;
  }
}

function notFound({ businessId }: EntityKey, runId: string): NotFoundError {
  if (runId === "") return new NotFoundError(`workflow not found for ID: ${businessId}`);
  const names = `workflow ID "${businessId}" and run ID "${runId}"`;
  return new NotFoundError(`workflow execution not found for ${names}`);
}
