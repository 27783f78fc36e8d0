import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import type {
  DescribeWorkflowExecutionResponse,
  GetWorkflowExecutionHistoryResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { type MethodName, NAMESPACE } from "./simulated-server.js";
import { isExpected, type World } from "./world.js";

const namespace = NAMESPACE.name;
/** Who terminates a run because of a reset. */
const RESETTER = "history-resetter";

/** The run that an operator looks after, and how a call is repeated until it is answered. */
export interface OperatedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly call: <T>(name: MethodName, request: object) => Promise<T>;
}

/**
 * Resets a run, open or closed, to one of its workflow tasks. A repeated call, whose first answer
 * was lost, resets it once more.
 */
export async function resetAtSomeTime(world: World, run: OperatedRun): Promise<void> {
  const { workflowId, runId, call } = run;
  await world.sleep(world.draw(12_000));
  const execution = { workflowId, runId };
  const { history } = await call<GetWorkflowExecutionHistoryResponse>(
    "GetWorkflowExecutionHistory",
    { namespace, execution },
  );
  const ends = (history?.events ?? []).filter(
    ({ eventType }) => eventType === EventType.WORKFLOW_TASK_COMPLETED,
  );
  const end = ends[world.draw(ends.length)];
  if (end === undefined) return;
  const request = {
    namespace,
    workflowExecution: execution,
    reason: "simulated",
    requestId: `reset ${runId}`,
    workflowTaskFinishEventId: end.eventId,
  };
  await call("ResetWorkflowExecution", request);
  world.cover("a workflow was reset");
}

/** Pauses a run for a while; it is let go on until it has closed. */
export async function pauseAtSomeTime(world: World, run: OperatedRun): Promise<void> {
  const { workflowId, runId } = run;
  const ids = { namespace, workflowId, runId };
  await world.sleep(world.draw(8000));
  const isPaused = await tryOn(run, "PauseWorkflowExecution", { ...ids, requestId: "pause" });
  if (isPaused === "done") world.cover("a workflow was paused");
  // A lost answer leaves open whether the run goes on, and a reset run may be paused as well.
  for (;;) {
    await world.sleep(500 + world.draw(4000));
    const request = { ...ids, requestId: "unpause" };
    const outcome = await tryOn(run, "UnpauseWorkflowExecution", request);
    if (outcome === "done") world.cover("a paused workflow went on");
    if (outcome === "closed") return;
  }
}

async function tryOn(
  run: OperatedRun,
  name: MethodName,
  request: object,
): Promise<"done" | "refused" | "closed"> {
  try {
    await run.call(name, request);
    return "done";
  } catch (error) {
    if (!isExpected(error)) throw error;
    if (error.code === "NOT_FOUND") return "closed";
    if (error.code === "FAILED_PRECONDITION") return "refused";
    throw error;
  }
}

/** Whether a closing event ends its run because of a reset. */
export function isEndedByReset({ attributes }: HistoryEvent): boolean {
  const isTermination = attributes?.kind === "workflowExecutionTerminatedEventAttributes";
  return isTermination && attributes.value.identity === RESETTER;
}

/** The run that a workflow ID stands for. */
export async function currentRunId(run: OperatedRun): Promise<string> {
  const request = { namespace, execution: { workflowId: run.workflowId } };
  const method = "DescribeWorkflowExecution";
  const described = await run.call<DescribeWorkflowExecutionResponse>(method, request);
  return described.workflowExecutionInfo?.execution?.runId ?? "";
}
