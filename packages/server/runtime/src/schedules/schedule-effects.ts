import {
  type ActionEnd,
  isOpen,
  nominalText,
  noteRefresh,
  noteStart,
  noteStop,
  type PendingStart,
  type RunState,
  type ScheduleState,
  type ScheduleStop,
} from "@perdure/engine";
import {
  DomainError,
  NotFoundError,
  present,
  ResourceExhaustedError,
  ShuttingDownError,
  StoreUnavailableError,
} from "@perdure/kernel";
import type { PayloadInit, SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import {
  WorkflowExecutionStatus,
  WorkflowIdReusePolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import type { NewWorkflowExecutionInfoInit } from "@perdure/proto/temporal/api/workflow/v1";
import type { StartWorkflowExecutionRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { EntityHost } from "../entities/entity-host.js";
import type { EntityEffects, EntityIdentity } from "../entities/entity-logic.js";
import { readHistory } from "../read-history.js";
import type { WorkflowHost } from "../workflow-host.js";
import type { WorkflowService } from "../workflow-service.js";

/**
 * Checks the start of a workflow and fills in its defaults, as for a client.
 *
 * @throws {DomainError} The workflow can't be started.
 */
export type PrepareStart = (
  namespaceId: string,
  request: StartWorkflowExecutionRequestInit,
) => StartWorkflowExecutionRequestInit;

interface Outside {
  readonly host: WorkflowHost;
  readonly workflows: WorkflowService;
  readonly prepareStart: PrepareStart;
}

/** Starts, ends and looks after the workflows of schedules. */
export class ScheduleEffects implements EntityEffects<ScheduleState> {
  readonly #schedules: EntityHost<ScheduleState>;
  readonly #outside: Outside;

  constructor(schedules: EntityHost<ScheduleState>, outside: Outside) {
    this.#schedules = schedules;
    this.#outside = outside;
  }

  hasWork(state: ScheduleState): boolean {
    if (state.isEnded) return false;
    return (
      state.starting.length > 0 || needsRefresh(state) || state.stops.some(({ isDone }) => !isDone)
    );
  }

  async work(identity: EntityIdentity): Promise<void> {
    const state = await this.#schedules.read(identity);
    if (state === undefined) return;
    for (const stop of state.stops) if (!stop.isDone) await this.#stop(identity, stop);
    for (const start of state.starting) await this.#start(identity, state, start);
    if (needsRefresh(state)) await this.#refresh(identity, state);
  }

  async #start(identity: EntityIdentity, state: ScheduleState, start: PendingStart): Promise<void> {
    const runId = await this.#startWorkflow(identity, state, start);
    const outcome = { requestId: start.requestId, runId };
    await this.#schedules.step(identity, (current, environment) =>
      noteStart(current, outcome, environment),
    );
  }

  /** Returns the run ID; `undefined` when the workflow can't be started. */
  async #startWorkflow(
    identity: EntityIdentity,
    state: ScheduleState,
    start: PendingStart,
  ): Promise<string | undefined> {
    const action = state.schedule.action?.action;
    if (action?.kind !== "startWorkflow") return undefined;
    const { namespaceId } = identity;
    const { workflows, prepareStart, host } = this.#outside;
    const namespace = host.namespaceName(namespaceId) ?? "";
    try {
      const request = startRequest({ state, start, workflow: action.value, namespace });
      const checked = prepareStart(namespaceId, request);
      const reply = await workflows.start({ namespaceId, request: checked, isEager: false });
      return reply.runId;
    } catch (error) {
      if (!(error instanceof DomainError) || mayWorkLater(error)) throw error;
      const fields = { error, scheduleId: identity.id, workflowId: start.workflowId };
      host.deps.logger.log("warn", "A schedule could not start its workflow", fields);
      return undefined;
    }
  }

  async #stop(identity: EntityIdentity, stop: ScheduleStop): Promise<void> {
    const { namespaceId } = identity;
    const { workflows, host } = this.#outside;
    const target = { namespaceId, workflowId: stop.workflowId, runId: "" };
    const chained = { ...target, firstExecutionRunId: stop.runId };
    const by = scheduler(host.namespaceName(namespaceId) ?? "", identity.id);
    try {
      if (stop.isTerminate) {
        const reason = "terminated by schedule overlap policy";
        await workflows.terminate(chained, { reason, details: undefined, identity: by });
      } else {
        const cause = "cancelled by schedule overlap policy";
        const { requestId } = stop;
        await workflows.requestCancel(chained, { requestId, identity: by, cause });
      }
    } catch (error) {
      // It has ended by itself.
      if (!(error instanceof NotFoundError)) throw error;
    }
    await this.#schedules.step(identity, (current) => noteStop(current, stop.requestId));
  }

  /** Finds out which of the workflows that run have ended. */
  async #refresh(identity: EntityIdentity, state: ScheduleState): Promise<void> {
    const ends = await endsOf(this.#outside.host, state);
    await this.#schedules.step(identity, (current, environment) =>
      noteRefresh(current, ends, environment),
    );
  }
}

function needsRefresh(state: ScheduleState): boolean {
  return state.needsRefresh && (state.info.runningWorkflows?.length ?? 0) > 0;
}

function mayWorkLater(error: DomainError): boolean {
  return (
    error instanceof StoreUnavailableError ||
    error instanceof ResourceExhaustedError ||
    error instanceof ShuttingDownError
  );
}

/** Who starts and ends workflows for a schedule, as the official server names it. */
function scheduler(namespace: string, scheduleId: string): string {
  return `temporal-scheduler-${namespace}-${scheduleId}`;
}

function startRequest(started: {
  readonly state: ScheduleState;
  readonly start: PendingStart;
  readonly workflow: NewWorkflowExecutionInfoInit;
  readonly namespace: string;
}): StartWorkflowExecutionRequestInit {
  const { state, start, workflow, namespace } = started;
  const { id } = state.identity;
  // What overlaps is no link of the chain of results.
  const chain = start.isOverlapping
    ? {}
    : {
        lastCompletionResult: state.lastCompletionResult,
        continuedFailure: state.continuedFailure,
      };
  return {
    namespace,
    workflowId: start.workflowId,
    workflowType: workflow.workflowType,
    taskQueue: workflow.taskQueue,
    input: workflow.input,
    workflowExecutionTimeout: workflow.workflowExecutionTimeout,
    workflowRunTimeout: workflow.workflowRunTimeout,
    workflowTaskTimeout: workflow.workflowTaskTimeout,
    identity: scheduler(namespace, id),
    requestId: start.requestId,
    workflowIdReusePolicy: start.isManual
      ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
      : WorkflowIdReusePolicy.REJECT_DUPLICATE,
    retryPolicy: workflow.retryPolicy,
    memo: workflow.memo,
    searchAttributes: attributesOf(workflow, start, id),
    header: workflow.header,
    userMetadata: workflow.userMetadata,
    priority: workflow.priority,
    versioningOverride: workflow.versioningOverride,
    ...chain,
  };
}

/** The attributes of the workflow, and those by which it is known as the schedule's. */
function attributesOf(
  workflow: NewWorkflowExecutionInfoInit,
  start: PendingStart,
  scheduleId: string,
): SearchAttributesInit {
  const indexedFields = new Map(workflow.searchAttributes?.indexedFields);
  indexedFields.set("TemporalScheduledStartTime", textPayload(nominalText(start)));
  indexedFields.set("TemporalScheduledById", textPayload(scheduleId));
  return { indexedFields };
}

function textPayload(text: string): PayloadInit {
  const metadata = new Map([["encoding", Buffer.from("json/plain")]]);
  return { metadata, data: Buffer.from(JSON.stringify(text)) };
}

type End = Pick<ActionEnd, "status" | "result" | "failure">;

const GONE: End = {
  status: WorkflowExecutionStatus.UNSPECIFIED,
  result: undefined,
  failure: undefined,
};

/** Which of the workflows that run as far as a schedule knows have ended, and how. */
export async function endsOf(
  host: WorkflowHost,
  { identity, info }: ScheduleState,
): Promise<readonly ActionEnd[]> {
  const ends: ActionEnd[] = [];
  for (const { workflowId = "", runId: firstRunId = "" } of info.runningWorkflows ?? []) {
    const end = await endOfChain(host, identity.namespaceId, { workflowId, firstRunId });
    if (end !== undefined) ends.push({ workflowId, firstRunId, ...end });
  }
  return ends;
}

/** How a chain of runs has ended; `undefined` while it goes on. */
async function endOfChain(
  host: WorkflowHost,
  namespaceId: string,
  chain: { readonly workflowId: string; readonly firstRunId: string },
): Promise<End | undefined> {
  const { workflowId, firstRunId } = chain;
  const slot = host.slot(namespaceId, workflowId);
  slot.hold();
  try {
    const current = await slot.current();
    // The current run is the newest of the chain, unless the ID was used again.
    const isOwn = current?.state.started.firstExecutionRunId === firstRunId;
    let run = current !== undefined && isOwn ? current : await slot.run(firstRunId);
    while (run.state.newExecutionRunId !== "") run = await slot.run(run.state.newExecutionRunId);
    return isOpen(run.durableState) ? undefined : await endOfRun(host, run.durableState);
  } catch (error) {
    if (error instanceof NotFoundError) return GONE;
    throw error;
  } finally {
    slot.release();
  }
}

/** How a closed run has ended. */
export async function endOfRun(host: WorkflowHost, state: RunState): Promise<End> {
  const { namespaceId, workflowId, runId, status } = state;
  const run = await host.slot(namespaceId, workflowId).run(runId);
  const toEventId = state.nextEventId;
  const range = { fromEventId: toEventId - 1, toEventId, maxEvents: 1 };
  const slice = await readHistory(host.deps.store, run, range);
  const event = present(History.decode(slice.events).events[0], "A closed run has a last event");
  const { attributes } = event;
  const isCompleted = attributes?.kind === "workflowExecutionCompletedEventAttributes";
  const isFailed = attributes?.kind === "workflowExecutionFailedEventAttributes";
  return {
    status,
    result: isCompleted ? attributes.value.result : undefined,
    failure: isFailed ? attributes.value.failure : undefined,
  };
}
