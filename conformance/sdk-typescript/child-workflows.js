import {
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowCancellationType,
  condition,
  defineSignal,
  executeChild,
  getExternalWorkflowHandle,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  sleep,
  startChild,
  workflowInfo,
} from "@temporalio/workflow";

export const proceedSignal = defineSignal("proceed");

/** A child that does what it is told. */
export async function child(order) {
  if (order === "fail") throw ApplicationFailure.nonRetryable("child broke", "Broken");
  if (order === "return") return `child of ${workflowInfo().parent?.workflowId}`;
  if (order === "wait") await sleep("1h");
  let isAllowed = false;
  setHandler(proceedSignal, () => {
    isAllowed = true;
  });
  await condition(() => isAllowed);
  return "proceeded";
}

export async function parent(order) {
  return executeChild(child, { args: [order], workflowId: `${workflowInfo().workflowId}/child` });
}

export async function parentWithSameChildTwice() {
  const options = { args: ["wait"], workflowId: `${workflowInfo().workflowId}/child` };
  await startChild(child, options);
  try {
    await startChild(child, options);
  } catch (error) {
    return error.name;
  }
  return "started twice";
}

export async function parentThatCancels() {
  const cancellationType = ChildWorkflowCancellationType.WAIT_CANCELLATION_COMPLETED;
  try {
    await CancellationScope.cancellable(async () => {
      const options = {
        args: ["wait"],
        workflowId: `${workflowInfo().workflowId}/child`,
        cancellationType,
      };
      const handle = await startChild(child, options);
      CancellationScope.current().cancel();
      await handle.result();
    });
  } catch (error) {
    if (isCancellation(error)) return "child canceled";
    throw error;
  }
  return "not canceled";
}

/** Ends at once and leaves its child to its policy. */
export async function parentThatLeaves(policy) {
  const handle = await startChild(child, {
    args: ["wait"],
    workflowId: `${workflowInfo().workflowId}/child`,
    parentClosePolicy: ParentClosePolicy[policy],
  });
  return handle.workflowId;
}

export async function signalOther(workflowId) {
  await getExternalWorkflowHandle(workflowId).signal(proceedSignal);
}

export async function cancelOther(workflowId) {
  await getExternalWorkflowHandle(workflowId).cancel();
}

export async function signalNobody() {
  try {
    await getExternalWorkflowHandle(`${workflowInfo().workflowId}/nobody`).signal(proceedSignal);
  } catch (error) {
    return error.message;
  }
  return "delivered";
}
