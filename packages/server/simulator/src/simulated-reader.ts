import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import type {
  GetWorkflowExecutionHistoryResponse,
  GetWorkflowExecutionHistoryResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { NAMESPACE } from "./simulated-server.js";
import { historyOf } from "./stored-history.js";
import { isExpected, type World } from "./world.js";

/** Within this time after a write begins it is read, milliseconds. */
const DELAY_MS_MAX = 20;
const CALL_TIMEOUT_MS = 10_000;

/**
 * Reads the history of a run soon after a write to it was sent, when a slow disk has not taken that
 * yet: a reader must see nothing but what is on the disk.
 */
export async function readBehindWrite(
  world: World,
  run: { readonly workflowId: string; readonly runId: string },
): Promise<void> {
  await world.sleep(world.draw(DELAY_MS_MAX));
  const { server } = world;
  if (server === undefined) return;
  const request = { namespace: NAMESPACE.name, execution: { ...run } };
  try {
    const answer = await server.call<GetWorkflowExecutionHistoryResponse>(
      "GetWorkflowExecutionHistory",
      request,
      CALL_TIMEOUT_MS,
    );
    checkSeen(world, run, answer);
  } catch (error) {
    if (!isExpected(error)) throw error;
  }
}

function checkSeen(
  world: World,
  run: { readonly workflowId: string; readonly runId: string },
  answer: GetWorkflowExecutionHistoryResponseInit,
): void {
  const stored = historyOf(world, run.workflowId, run.runId).length;
  for (const { eventId, eventType } of answer.history?.events ?? []) {
    if (Number(eventId) <= stored || isOfTask(eventType)) continue;
    world.fail(`A reader saw event ${eventId} of ${run.workflowId}, ${stored} are on the disk`);
  }
  world.cover("a reader came behind a write");
}

/** Events that are shown without being stored: those of a task that keeps failing. */
function isOfTask(eventType: EventType | undefined): boolean {
  return (
    eventType === EventType.WORKFLOW_TASK_SCHEDULED || eventType === EventType.WORKFLOW_TASK_STARTED
  );
}
