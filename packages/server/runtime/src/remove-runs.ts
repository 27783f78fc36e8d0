import { NotFoundError } from "@perdure/kernel";
import { EntityKind, type VisibilityRow } from "@perdure/persistence";
import { deleteRun } from "./delete-run.js";
import type { WorkflowHost } from "./workflow-host.js";

/** Deletes closed runs of workflows by their rows in lists; resolves when that is stored. */
export async function removeRuns(
  host: WorkflowHost,
  rows: readonly VisibilityRow[],
): Promise<void> {
  const { store } = host.deps;
  const found = await Promise.all(
    rows.map(async ({ namespaceId, workflowId, runId }) => {
      const slot = host.slot(namespaceId, workflowId);
      const key = { kind: EntityKind.WORKFLOW, namespaceId, businessId: workflowId };
      const loaded = slot.runs.get(runId);
      const row = loaded ?? (await store.loadRun(key, runId));
      return { slot, runId, row };
    }),
  );
  // A row without a run stays behind when its run was deleted by somebody else just now.
  const tickets = found.flatMap(({ slot, runId, row }) =>
    row === undefined ? [] : [host.remove(slot, { runId, runNo: row.runNo })],
  );
  await Promise.all(tickets.map((ticket) => ticket.durable));
}

/** Deletes runs of workflows by their rows in lists; open ones are terminated before. */
export async function removeAnyRuns(
  host: WorkflowHost,
  rows: readonly VisibilityRow[],
): Promise<void> {
  const isClosed = (row: VisibilityRow): boolean => row.closeTimeMs !== undefined;
  await Promise.all(rows.filter((row) => !isClosed(row)).map((row) => removeOpenRun(host, row)));
  await removeRuns(host, rows.filter(isClosed));
}

/** The run may be gone by now, or its start may never have been stored. */
async function removeOpenRun(host: WorkflowHost, row: VisibilityRow): Promise<void> {
  try {
    await deleteRun(host, row);
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
}
