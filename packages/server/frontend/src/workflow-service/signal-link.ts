import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";

/** A link to the event of a signal, by the ID of the request: the event may not have an ID yet. */
export function signalLink(
  target: { readonly workflowId: string; readonly runId: string },
  namespace: string,
  requestId: string,
): LinkInit {
  const eventType = EventType.WORKFLOW_EXECUTION_SIGNALED;
  const { workflowId, runId } = target;
  const reference = { kind: "requestIdRef", value: { requestId, eventType } } as const;
  const value = { namespace, workflowId, runId, reference };
  return { variant: { kind: "workflowEvent", value } };
}
