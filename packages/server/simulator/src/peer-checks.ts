import { EventType, ParentClosePolicy } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import { NAMESPACE } from "./simulated-server.js";
import { historyOf } from "./stored-history.js";
import { SimulationError, type World } from "./world.js";

/** What the history of a parent tells of one child. */
interface ChildStory {
  readonly workflowId: string;
  readonly policy: ParentClosePolicy;
  startCount: number;
  failureCount: number;
  endCount: number;
}

const CHILD_ENDS: ReadonlySet<EventType> = new Set([
  EventType.CHILD_WORKFLOW_EXECUTION_COMPLETED,
  EventType.CHILD_WORKFLOW_EXECUTION_FAILED,
  EventType.CHILD_WORKFLOW_EXECUTION_CANCELED,
  EventType.CHILD_WORKFLOW_EXECUTION_TIMED_OUT,
  EventType.CHILD_WORKFLOW_EXECUTION_TERMINATED,
]);

/**
 * Checks one run's dealings with its children: each is started once, its end is told once, and a
 * child that its parent did not see end was dealt with as its policy says.
 *
 * @throws {SimulationError}
 */
export function checkChildren(
  world: World,
  run: { readonly workflowId: string; readonly runId: string },
  events: readonly HistoryEvent[],
): void {
  for (const story of readStories(events).values()) {
    const place = `${story.workflowId}, child of run ${run.runId}`;
    const fail = (reason: string): never => {
      throw new SimulationError(`${reason} (${place})`);
    };
    if (story.startCount + story.failureCount > 1) fail("The start of a child was told twice");
    if (story.endCount > story.startCount) fail("The end of a child was told too often");
    const chains = chainsOf(world, story.workflowId, run.runId);
    if (chains.length !== story.startCount) {
      fail(`A child was told of ${story.startCount} times and started ${chains.length} times`);
    }
    coverStory(world, story);
    if (story.startCount === 1 && story.endCount === 0) {
      const histories = chains.flat().map((id) => historyOf(world, story.workflowId, id));
      const broken = policyBroken(world, story, histories.flat());
      if (broken !== undefined) fail(broken);
    }
  }
}

function readStories(events: readonly HistoryEvent[]): ReadonlyMap<bigint, ChildStory> {
  const stories = new Map<bigint, ChildStory>();
  for (const { eventId, eventType, attributes } of events) {
    if (attributes?.kind === "startChildWorkflowExecutionInitiatedEventAttributes") {
      const { workflowId, parentClosePolicy: policy } = attributes.value;
      const counts = { startCount: 0, failureCount: 0, endCount: 0 };
      stories.set(eventId, { workflowId, policy, ...counts });
      continue;
    }
    if (attributes === undefined || !("initiatedEventId" in attributes.value)) continue;
    const story = stories.get(attributes.value.initiatedEventId);
    if (story === undefined) continue;
    if (eventType === EventType.CHILD_WORKFLOW_EXECUTION_STARTED) story.startCount += 1;
    if (eventType === EventType.START_CHILD_WORKFLOW_EXECUTION_FAILED) story.failureCount += 1;
    if (CHILD_ENDS.has(eventType)) story.endCount += 1;
  }
  return stories;
}

/** Runs of the chains that a parent's run began under a workflow ID, each chain in a list. */
function chainsOf(world: World, workflowId: string, parentRunId: string): readonly string[][] {
  const rows = [...(world.disk.visibility.get(NAMESPACE.id)?.values() ?? [])];
  const own = rows.filter(
    (row) => row.workflowId === workflowId && row.parentRunId === parentRunId,
  );
  const firsts = new Set(own.map((row) => row.firstRunId));
  return [...firsts].map((first) =>
    own.filter((row) => row.firstRunId === first).map((row) => row.runId),
  );
}

function coverStory(world: World, story: ChildStory): void {
  if (story.failureCount > 0) world.cover("a child's ID was taken");
  if (story.endCount > 0) world.cover("a parent learnt the end of its child");
}

/** The parent closed first: what became of its child? Tells what should not have. */
function policyBroken(
  world: World,
  story: ChildStory,
  events: readonly HistoryEvent[],
): string | undefined {
  const isEnded = events.some(
    ({ attributes }) =>
      attributes?.kind === "workflowExecutionTerminatedEventAttributes" &&
      attributes.value.reason === "by parent close policy",
  );
  const isAsked = events.some(
    ({ eventType }) => eventType === EventType.WORKFLOW_EXECUTION_CANCEL_REQUESTED,
  );
  // A child that ends at the same time is not reached, which is what its policy wants as well.
  switch (story.policy) {
    case ParentClosePolicy.TERMINATE:
      if (isEnded) world.cover("a child was terminated with its parent");
      return undefined;
    case ParentClosePolicy.REQUEST_CANCEL:
      if (isAsked) world.cover("a child was asked to cancel with its parent");
      return isEnded ? "A child was terminated though its policy is to ask" : undefined;
    default:
      world.cover("a child was abandoned");
      return isEnded ? "An abandoned child was terminated" : undefined;
  }
}
