import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType, ParentClosePolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";

/** A step that has to do with another workflow. */
export type PeerStep =
  /** A child that sleeps and ends; the parent waits for that, or goes on and leaves it. */
  | {
      readonly kind: "child";
      readonly delayMs: number;
      readonly continuations: number;
      readonly policy: keyof typeof CHILD_POLICIES;
      readonly isAwaited: boolean;
    }
  /** A signal to a workflow of another client, which may not be there. */
  | { readonly kind: "signalOther"; readonly workflowId: string }
  /** A request to cancel the child of an earlier step, which may not be there. */
  | { readonly kind: "cancelChild"; readonly of: number };

export const CHILD_POLICIES = {
  terminate: ParentClosePolicy.TERMINATE,
  requestCancel: ParentClosePolicy.REQUEST_CANCEL,
  abandon: ParentClosePolicy.ABANDON,
} as const;

/** What a history tells of other workflows, by the number of the step. */
export interface PeerFacts {
  readonly children: Map<string, "wanted" | "started" | "ended">;
  readonly messages: Map<string, "sent" | "answered">;
  workflowId: string;
  /** Number of the step by the event that began it. */
  readonly stepOf: Map<bigint, string>;
}

export function noPeerFacts(): PeerFacts {
  return { children: new Map(), messages: new Map(), workflowId: "", stepOf: new Map() };
}

/** The workflow ID of the child that a step starts. */
function childId(workflowId: string, step: string): string {
  return `${workflowId}/${step}`;
}

/** Reads what an event tells of other workflows. */
export function readPeerEvent(facts: PeerFacts, { eventId, attributes }: HistoryEvent): void {
  const stepOf = (initiatedEventId: bigint): string => facts.stepOf.get(initiatedEventId) ?? "";
  switch (attributes?.kind) {
    case "workflowExecutionStartedEventAttributes":
      facts.workflowId = attributes.value.workflowId;
      return;
    case "startChildWorkflowExecutionInitiatedEventAttributes":
    case "signalExternalWorkflowExecutionInitiatedEventAttributes":
    case "requestCancelExternalWorkflowExecutionInitiatedEventAttributes": {
      const step = attributes.value.control;
      facts.stepOf.set(eventId, step);
      if ("workflowType" in attributes.value) facts.children.set(step, "wanted");
      else facts.messages.set(step, "sent");
      return;
    }
    case "childWorkflowExecutionStartedEventAttributes":
      facts.children.set(stepOf(attributes.value.initiatedEventId), "started");
      return;
    case "startChildWorkflowExecutionFailedEventAttributes":
    case "childWorkflowExecutionCompletedEventAttributes":
    case "childWorkflowExecutionFailedEventAttributes":
    case "childWorkflowExecutionCanceledEventAttributes":
    case "childWorkflowExecutionTimedOutEventAttributes":
    case "childWorkflowExecutionTerminatedEventAttributes":
      facts.children.set(stepOf(attributes.value.initiatedEventId), "ended");
      return;
    case "externalWorkflowExecutionSignaledEventAttributes":
    case "signalExternalWorkflowExecutionFailedEventAttributes":
    case "externalWorkflowExecutionCancelRequestedEventAttributes":
    case "requestCancelExternalWorkflowExecutionFailedEventAttributes":
      facts.messages.set(stepOf(attributes.value.initiatedEventId), "answered");
      return;
    default:
  }
}

/** The commands that a step still needs. */
export function nextPeerCommands(
  step: PeerStep,
  at: { readonly index: number; readonly facts: PeerFacts; readonly taskQueue: string },
): readonly CommandInit[] {
  const { facts } = at;
  const control = String(at.index);
  const isBegun = facts.children.has(control) || facts.messages.has(control);
  if (isBegun) return [];
  switch (step.kind) {
    case "child": {
      const { delayMs, continuations } = step;
      const program = { steps: [{ kind: "timer", delayMs }], continuations };
      const value = {
        workflowId: childId(facts.workflowId, control),
        workflowType: { name: JSON.stringify(program) },
        taskQueue: { name: at.taskQueue },
        parentClosePolicy: CHILD_POLICIES[step.policy],
        control,
      };
      const attributes = { kind: "startChildWorkflowExecutionCommandAttributes", value } as const;
      return [{ commandType: CommandType.START_CHILD_WORKFLOW_EXECUTION, attributes }];
    }
    case "signalOther": {
      const execution = { workflowId: step.workflowId };
      const value = { execution, signalName: "from another workflow", control };
      const kind = "signalExternalWorkflowExecutionCommandAttributes";
      const commandType = CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION;
      return [{ commandType, attributes: { kind, value } }];
    }
    case "cancelChild": {
      const value = { workflowId: childId(facts.workflowId, String(step.of)), control };
      const kind = "requestCancelExternalWorkflowExecutionCommandAttributes";
      const commandType = CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION;
      return [{ commandType, attributes: { kind, value } }];
    }
  }
}

/** Whether the workflow may go on to its next step. */
export function isPeerStepDone(step: PeerStep, index: number, facts: PeerFacts): boolean {
  const control = String(index);
  if (step.kind !== "child") return facts.messages.get(control) === "answered";
  const state = facts.children.get(control);
  return state === "ended" || (state === "started" && !step.isAwaited);
}
