import {
  type Child,
  type ChildEnd,
  childStartRequest,
  dropFarewell,
  isOpen,
  receiveCancel,
  receiveTermination,
  recordChildEnd,
  recordChildStarted,
  recordChildStartFailed,
  startChild,
  unstartedChild,
} from "@perdure/engine";
import { NotFoundError, present, WorkflowAlreadyStartedError } from "@perdure/kernel";
import type { Farewell } from "@perdure/proto/perdure/internal/v1";
import {
  ParentClosePolicy,
  StartChildWorkflowExecutionFailedCause,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import { History, type HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import type { Posting, PostingTarget } from "./posting.js";
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
    const isOfReset = posting.run.state.uncommon.resetOrigin !== undefined;
    let known: StartOutcome | undefined;
    do {
      while (childSlot.peekCurrent() === undefined) await childSlot.current();
      known = isOfReset ? await childOfReset(posting, childSlot) : undefined;
    } while (childSlot.peekCurrent() === undefined);
    // The parent may have closed meanwhile.
    const child = posting.isLoaded ? unstartedChild(posting.run.state, posting.key) : undefined;
    if (child !== undefined) {
      tellParent(posting, known ?? createChild(posting, childSlot, child));
    }
  });
}

/**
 * The child that a reset parent had started before the reset, whose start it has not seen;
 * `undefined` when there is none.
 */
async function childOfReset(
  posting: Posting,
  childSlot: WorkflowSlot,
): Promise<{ readonly runId: string } | undefined> {
  const { uncommon, started, workflowId } = posting.run.state;
  const { resetOrigin } = uncommon;
  if (resetOrigin === undefined || posting.key > resetOrigin.baseEventId) return undefined;
  const child = childSlot.peekCurrent()?.run?.state;
  const parent = child?.started.parentWorkflowExecution;
  if (child === undefined || parent?.workflowId !== workflowId) return undefined;
  const isOfOriginal = parent.runId === started.originalExecutionRunId;
  const original = isOfOriginal ? parent.runId : await originalOf(posting.slot, parent.runId ?? "");
  if (original !== started.originalExecutionRunId) return undefined;
  return { runId: child.started.firstExecutionRunId ?? child.runId };
}

/** The run that a chain of resets began with; `undefined` when the run is gone. */
async function originalOf(slot: WorkflowSlot, runId: string): Promise<string | undefined> {
  try {
    return (await slot.run(runId)).state.started.originalExecutionRunId;
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
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
  if (await tellEnd(posting, target, end)) drop(posting);
}

/** Tells the parent, or the run that it was reset to. Returns whether nothing is left to do. */
async function tellEnd(posting: Posting, parent: PostingTarget, end: ChildEnd): Promise<boolean> {
  let target = parent;
  for (let hops = 0; hops <= RESET_HOPS_MAX; hops += 1) {
    let resetRunId = "";
    const outcome = await posting.reach(target, (state, environment) => {
      if (!isOpen(state)) resetRunId = state.uncommon.resetRunId;
      return recordChildEnd(state, end, environment);
    });
    if (outcome === "dropped") return false;
    if (resetRunId === "") return true;
    target = { ...target, runId: resetRunId };
  }
  return true;
}

/** Resets in a row that the report of a child's end follows. */
const RESET_HOPS_MAX = 100;

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
