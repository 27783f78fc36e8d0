import {
  type Child,
  type ChildEnd,
  childStartRequest,
  dropFarewell,
  receiveCancel,
  receiveTermination,
  recordChildEnd,
  recordChildStarted,
  recordChildStartFailed,
  startChild,
  unstartedChild,
} from "@perdure/engine";
import { present, WorkflowAlreadyStartedError } from "@perdure/kernel";
import type { Farewell } from "@perdure/proto/perdure/internal/v1";
import {
  ParentClosePolicy,
  StartChildWorkflowExecutionFailedCause,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import { History, type HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import type { Posting } from "./posting.js";
import { readHistory } from "./read-history.js";
import { decideStart } from "./start-policy.js";
import type { WorkflowSlot } from "./workflow-slot.js";

const { NAMESPACE_NOT_FOUND, WORKFLOW_ALREADY_EXISTS } = StartChildWorkflowExecutionFailedCause;

/** Starts a child and tells its parent how that went. */
export async function sendChildStart(posting: Posting): Promise<void> {
  const wanted = unstartedChild(posting.run.state, posting.key);
  if (wanted === undefined) return;
  const { namespaceId = "", workflowId = "" } = wanted.initiated;
  if (posting.host.namespaceName(namespaceId) === undefined) {
    tellParent(posting, { cause: NAMESPACE_NOT_FOUND });
    return;
  }
  await posting.withSlot(namespaceId, workflowId, async (childSlot) => {
    while (childSlot.peekCurrent() === undefined) await childSlot.current();
    // The parent may have closed meanwhile.
    const child = posting.isLoaded ? unstartedChild(posting.run.state, posting.key) : undefined;
    if (child !== undefined) tellParent(posting, createChild(posting, childSlot, child));
  });
}

type StartOutcome =
  | { readonly runId: string }
  | { readonly cause: StartChildWorkflowExecutionFailedCause };

function tellParent(posting: Posting, outcome: StartOutcome): void {
  const initiatedEventId = posting.key;
  posting.answer((state, environment) =>
    "runId" in outcome
      ? recordChildStarted(state, { initiatedEventId, runId: outcome.runId }, environment)
      : recordChildStartFailed(state, { initiatedEventId, cause: outcome.cause }, environment),
  );
}

/** Makes the child's run, or finds that this very start made it before. */
function createChild(posting: Posting, childSlot: WorkflowSlot, child: Child): StartOutcome {
  const { host } = posting;
  const parent = posting.run.state;
  const current = childSlot.peekCurrent()?.run;
  const request = childStartRequest(parent, child);
  try {
    const decision = decideStart(current?.state, {
      requestId: request.requestId ?? "",
      reusePolicy: request.workflowIdReusePolicy ?? WorkflowIdReusePolicy.UNSPECIFIED,
      conflictPolicy: WorkflowIdConflictPolicy.FAIL,
    });
    if (decision.kind === "repeat" && current !== undefined) {
      return { runId: current.state.runId };
    }
  } catch (error) {
    if (error instanceof WorkflowAlreadyStartedError) return { cause: WORKFLOW_ALREADY_EXISTS };
    throw error;
  }
  const { namespaceId, businessId: workflowId } = childSlot.key;
  const environment = host.environment(namespaceId);
  const runId = environment.newId();
  const step = host.attempt(childSlot, () =>
    startChild({ namespaceId, workflowId, runId }, { parent, child }, environment),
  );
  host.create(childSlot, step);
  return { runId };
}

/** Ends a child, whose parent has closed, as its policy says. Errors as `Posting.reach`. */
export async function sendChildEnd(posting: Posting, farewell: Farewell): Promise<void> {
  const { namespaceId, workflowId, firstRunId, parentClosePolicy } = farewell;
  const sender = { ...posting.sender, initiatedEventId: 0 };
  const target = { namespaceId, workflowId, runId: "", firstRunId };
  const outcome = await posting.reach(target, (state, environment) =>
    parentClosePolicy === ParentClosePolicy.REQUEST_CANCEL
      ? receiveCancel(state, { sender, isChildOnly: true, reason: "" }, environment)
      : receiveTermination(state, sender, environment),
  );
  if (outcome !== "dropped") drop(posting);
}

/** Tells a parent how the chain of its child's runs ended. Errors as `Posting.reach`. */
export async function reportEnd(posting: Posting): Promise<void> {
  const { started, workflowId, runId } = posting.run.state;
  const closing = await closingEvent(posting);
  const parent = present(started.parentWorkflowExecution, "A report goes to a parent");
  const end: ChildEnd = {
    initiatedEventId: Number(started.parentInitiatedEventId ?? 0n),
    execution: { workflowId, runId },
    firstRunId: started.firstExecutionRunId ?? "",
    closing: present(closing.attributes, "An event has attributes"),
  };
  const target = {
    namespaceId: started.parentWorkflowNamespaceId ?? "",
    workflowId: parent.workflowId ?? "",
    runId: parent.runId ?? "",
  };
  const outcome = await posting.reach(target, (state, environment) =>
    recordChildEnd(state, end, environment),
  );
  if (outcome !== "dropped") drop(posting);
}

async function closingEvent({ host, run }: Posting): Promise<HistoryEventInit> {
  const toEventId = run.state.nextEventId;
  const range = { fromEventId: toEventId - 1, toEventId, maxEvents: 1 };
  const slice = await readHistory(host.deps.store, run, range);
  return present(History.decode(slice.events).events[0], "A closed run has a last event");
}

/** Whether it was delivered or has nobody to go to: the message of a closed run is done. */
function drop(posting: Posting): void {
  posting.answer((state, environment) => dropFarewell(state, posting.key, environment));
}
