import {
  ResetReapplyExcludeType,
  UpdateAdmittedEventOrigin,
} from "@perdure/proto/temporal/api/enums/v1";
import type {
  HistoryEventInit,
  WorkflowExecutionOptionsUpdatedEventAttributesInit,
} from "@perdure/proto/temporal/api/history/v1";
import type { EventAttributes } from "./event-types.js";
import { recordSignal } from "./messages.js";
import { nexusOperationOf } from "./nexus-operation.js";
import type { Step } from "./step.js";

/**
 * Does to a reset run what an event of the run before did from outside: signals, updates, changed
 * options and news of children that both runs know. Everything else comes again by itself.
 */
export function reapplyEvent(
  step: Step,
  event: HistoryEventInit,
  excluded: ReadonlySet<ResetReapplyExcludeType>,
): void {
  const { attributes, links } = event;
  switch (attributes?.kind) {
    case "workflowExecutionSignaledEventAttributes": {
      if (excluded.has(ResetReapplyExcludeType.SIGNAL)) return;
      const { signalName = "", input, identity = "", header, requestId = "" } = attributes.value;
      recordSignal(step, { signalName, input, identity, header, requestId, links });
      return;
    }
    case "workflowExecutionUpdateAdmittedEventAttributes":
      if (!excluded.has(ResetReapplyExcludeType.UPDATE)) step.record(attributes);
      return;
    case "workflowExecutionUpdateAcceptedEventAttributes": {
      const request = attributes.value.acceptedRequest;
      // Without a request there is an event before it that admitted the update.
      if (request === undefined || excluded.has(ResetReapplyExcludeType.UPDATE)) return;
      const value = { request, origin: UpdateAdmittedEventOrigin.REAPPLY };
      step.record({ kind: "workflowExecutionUpdateAdmittedEventAttributes", value });
      return;
    }
    case "workflowExecutionOptionsUpdatedEventAttributes":
      reapplyOptions(step, attributes.value, links);
      return;
    default:
      if (attributes === undefined) return;
      if (!excluded.has(ResetReapplyExcludeType.NEXUS)) reapplyNexusEvent(step, event);
      reapplyChildEvent(step, attributes);
  }
}

/** News of a Nexus operation that began before the reset point. */
function reapplyNexusEvent(step: Step, { attributes, links }: HistoryEventInit): void {
  switch (attributes?.kind) {
    case "nexusOperationStartedEventAttributes":
    case "nexusOperationCompletedEventAttributes":
    case "nexusOperationFailedEventAttributes":
    case "nexusOperationCanceledEventAttributes":
    case "nexusOperationTimedOutEventAttributes": {
      const { scheduledEventId = 0n, requestId } = attributes.value;
      const operation = nexusOperationOf(step.draft, Number(scheduledEventId));
      if (operation?.scheduled.requestId === requestId) step.record(attributes, { links });
      return;
    }
    default:
  }
}

function reapplyOptions(
  step: Step,
  value: WorkflowExecutionOptionsUpdatedEventAttributesInit,
  links: HistoryEventInit["links"],
): void {
  const hasCallbacks = (value.attachedCompletionCallbacks ?? []).length > 0;
  const isKnown = step.draft.requestIds.has(value.attachedRequestId ?? "");
  if (hasCallbacks && isKnown) return;
  const kind = "workflowExecutionOptionsUpdatedEventAttributes";
  step.record({ kind, value }, { links, workerMayIgnore: true });
}

/** News of a child that began before the reset point; of others nothing is known here. */
function reapplyChildEvent(step: Step, attributes: EventAttributes): void {
  switch (attributes.kind) {
    case "startChildWorkflowExecutionFailedEventAttributes":
    case "childWorkflowExecutionStartedEventAttributes": {
      const child = step.draft.peers.children.get(Number(attributes.value.initiatedEventId ?? 0n));
      if (child?.startedRunId === "") step.record(withoutCommand(attributes));
      return;
    }
    case "childWorkflowExecutionCompletedEventAttributes":
    case "childWorkflowExecutionFailedEventAttributes":
    case "childWorkflowExecutionCanceledEventAttributes":
    case "childWorkflowExecutionTimedOutEventAttributes":
    case "childWorkflowExecutionTerminatedEventAttributes": {
      const child = step.draft.peers.children.get(Number(attributes.value.initiatedEventId ?? 0n));
      if (child === undefined) return;
      const startedEventId = BigInt(child.startedEventId);
      const value = { ...attributes.value, startedEventId };
      step.record({ kind: attributes.kind, value } as EventAttributes);
      return;
    }
    default:
  }
}

/** The completed event that a failed start names is not in this history. */
function withoutCommand(attributes: EventAttributes): EventAttributes {
  if (attributes.kind !== "startChildWorkflowExecutionFailedEventAttributes") return attributes;
  const { workflowTaskCompletedEventId: _, ...value } = attributes.value;
  return { kind: attributes.kind, value };
}
