import { UpdateWorkflowExecutionLifecycleStage } from "@perdure/proto/temporal/api/enums/v1";
import type { UpdateWorkflowExecutionResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import { type MethodName, NAMESPACE } from "./simulated-server.js";
import { isExpected, type World } from "./world.js";

/** Sends a request until it is answered. */
export type UntilAnswered = <T>(name: MethodName, request: object) => Promise<T>;

/**
 * Sends one update to a run until the workflow accepts and completes it. Returns its ID, or
 * `undefined` when the run closed first.
 */
export async function sendUpdate(
  world: World,
  target: { readonly workflowId: string; readonly runId: string; readonly name: string },
  untilAnswered: UntilAnswered,
): Promise<string | undefined> {
  const { workflowId, runId, name } = target;
  for (let attempt = 0; ; attempt++) {
    const updateId = `${name} ${attempt}`;
    const request = {
      namespace: NAMESPACE.name,
      workflowExecution: { workflowId, runId },
      waitPolicy: { lifecycleStage: UpdateWorkflowExecutionLifecycleStage.COMPLETED },
      request: { meta: { updateId }, input: { name: "update" } },
    };
    const answer = await outcomeOf(request, untilAnswered);
    if (answer === "closed") return undefined;
    if (answer === "completed") return updateId;
    world.cover("an update was rejected");
  }
}

async function outcomeOf(
  request: object,
  untilAnswered: UntilAnswered,
): Promise<"completed" | "rejected" | "closed"> {
  for (;;) {
    try {
      const answer = await untilAnswered<UpdateWorkflowExecutionResponse>(
        "UpdateWorkflowExecution",
        request,
      );
      const outcome = answer.outcome?.value;
      // Twenty seconds were over: the same update is asked for again.
      if (outcome === undefined) continue;
      if (outcome.kind === "success") return "completed";
      // An accepted update whose workflow closed has a failure of the server's own.
      return outcome.value.message === "simulated rejection" ? "rejected" : "closed";
    } catch (error) {
      if (!isExpected(error)) throw error;
      return "closed";
    }
  }
}
