import {
  type ActionEnd,
  attributePayload,
  createSchedule,
  encodeSchedule,
  endSchedule,
  foldSchedule,
  knowsAction,
  listedSchedule,
  type NewSchedule,
  nextScheduleWakeMs,
  noteEnds,
  patchSchedule,
  type RunState,
  type ScheduleState,
  type ScheduleUpdate,
  timestampMs,
  updateSchedule,
  wakeSchedule,
} from "@perdure/engine";
import { NotFoundError, WorkflowAlreadyStartedError } from "@perdure/kernel";
import { EntityKind, listIdOf, type VisibilityRow } from "@perdure/persistence";
import { Memo, SearchAttributes } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import { ScheduleListInfo, type SchedulePatchInit } from "@perdure/proto/temporal/api/schedule/v1";
import { EntityHost } from "../entities/entity-host.js";
import type { EntityLogic } from "../entities/entity-logic.js";
import type { EntityHostDeps } from "../entities/entity-stepper.js";
import type { HostedKind } from "../hosted-kinds.js";
import type { Waker } from "../waker.js";
import type { WorkflowHost } from "../workflow-host.js";
import type { WorkflowService } from "../workflow-service.js";
import { endOfRun, endsOf, type PrepareStart, ScheduleEffects } from "./schedule-effects.js";

/** The field of a list row's memo that holds the encoded `ScheduleListInfo`. */
export const SCHEDULE_INFO_FIELD = "ScheduleInfo";

const LOGIC: EntityLogic<ScheduleState> = {
  kind: EntityKind.SCHEDULE,
  fold: foldSchedule,
  encodeSnapshot: encodeSchedule,
  decodeSnapshot: (data, identity) => foldSchedule(undefined, data, identity),
  isOpen: ({ isEnded }) => !isEnded,
  wakeAtMs: nextScheduleWakeMs,
  wake: wakeSchedule,
  listRow,
};

function listRow(state: ScheduleState): VisibilityRow {
  const { identity, searchAttributes, info } = state;
  const { namespaceId, id, runId } = identity;
  const startTimeMs = timestampMs(info.createTime);
  const attributes = new Map(searchAttributes?.indexedFields);
  const isPaused = state.schedule.state?.paused ?? false;
  attributes.set("TemporalSchedulePaused", attributePayload("Bool", isPaused));
  const data = ScheduleListInfo.encode(listedSchedule(state));
  const fields = new Map(state.memo?.fields);
  fields.set(SCHEDULE_INFO_FIELD, { data });
  return {
    namespaceId: listIdOf(namespaceId, EntityKind.SCHEDULE),
    workflowId: id,
    runId,
    workflowType: "temporal-sys-scheduler-workflow",
    taskQueue: "",
    status: state.isEnded ? WorkflowExecutionStatus.COMPLETED : WorkflowExecutionStatus.RUNNING,
    startTimeMs,
    executionTimeMs: startTimeMs,
    closeTimeMs: state.isEnded ? state.processedMs : undefined,
    historyLength: 0,
    historySizeBytes: 0,
    stateTransitionCount: 0,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: id,
    rootRunId: runId,
    firstRunId: runId,
    memo: Memo.encode({ fields }),
    searchAttributes: SearchAttributes.encode({ indexedFields: attributes }),
  };
}

/** Names a schedule for a request. */
export interface ScheduleTarget {
  readonly namespaceId: string;
  /** The schedule ID. */
  readonly id: string;
}

/** What schedules need of the rest of the server. */
export interface ScheduleDeps {
  readonly host: WorkflowHost;
  readonly workflows: WorkflowService;
  readonly prepareStart: PrepareStart;
}

/** Schedules: everything that requests do with them, and what time and workflows bring. */
export class Schedules implements HostedKind {
  readonly kind = EntityKind.SCHEDULE;
  readonly #entities: EntityHost<ScheduleState>;
  readonly #host: WorkflowHost;

  constructor(deps: EntityHostDeps, outside: ScheduleDeps) {
    this.#entities = new EntityHost(deps, LOGIC);
    this.#host = outside.host;
    this.#entities.connect({ effects: new ScheduleEffects(this.#entities, outside) });
    outside.host.onRunClosed((run) => this.#onRunClosed(run));
  }

  get waker(): Waker {
    return this.#entities.waker;
  }

  stop(): void {
    this.#entities.stop();
  }

  removeClosed(namespaceId: string, rows: readonly VisibilityRow[]): Promise<void> {
    return this.#entities.removeAll(namespaceId, rows);
  }

  /** @throws {WorkflowAlreadyStartedError} There is a schedule with this ID. */
  async create(
    made: Omit<NewSchedule, "identity">,
    target: ScheduleTarget,
  ): Promise<ScheduleState> {
    const { deps } = this.#entities;
    const existing = await this.#entities.read(target);
    if (existing !== undefined && !existing.isEnded) return repeated(existing, made.requestId);
    const runId = this.#entities.newId();
    const identity = { ...target, runId };
    deps.logger.log("debug", "A schedule is created", { ...target });
    return this.#entities.create(identity, (current, environment) => {
      if (current !== undefined && !current.state.isEnded) {
        repeated(current.state, made.requestId);
      }
      return createSchedule({ ...made, identity }, environment);
    });
  }

  /** @throws {NotFoundError} No such schedule. */
  async read(target: ScheduleTarget): Promise<ScheduleState> {
    const state = await this.#entities.read(target);
    if (state === undefined) throw notFound(target);
    if (state.isEnded) throw new NotFoundError("schedule not found");
    return state;
  }

  /**
   * As `read()`, when it is known which of its workflows still run: it may not have been told.
   *
   * @throws {NotFoundError} No such schedule.
   */
  async describe(target: ScheduleTarget): Promise<ScheduleState> {
    const state = await this.read(target);
    const ends = await endsOf(this.#host, state);
    if (ends.length === 0) return state;
    return this.#change(target, (current, environment) => noteEnds(current, ends, environment));
  }

  /** @throws {NotFoundError} No such schedule. */
  async patch(
    target: ScheduleTarget,
    patch: SchedulePatchInit,
    requestId: string,
  ): Promise<ScheduleState> {
    return this.#change(target, (state, environment) =>
      patchSchedule(state, patch, { requestId, environment }),
    );
  }

  /** @throws {NotFoundError} No such schedule. */
  async update(target: ScheduleTarget, update: ScheduleUpdate): Promise<ScheduleState> {
    return this.#change(target, (state, environment) => updateSchedule(state, update, environment));
  }

  /** @throws {NotFoundError} No such schedule. */
  async delete(target: ScheduleTarget): Promise<void> {
    await this.#change(target, endSchedule);
  }

  async #change(
    target: ScheduleTarget,
    make: Parameters<EntityHost<ScheduleState>["step"]>[1],
  ): Promise<ScheduleState> {
    const state = await this.#entities.read(target);
    if (state === undefined) throw notFound(target);
    return this.#entities.step(target, (current, environment) => {
      if (current.isEnded) throw new NotFoundError("workflow execution already completed");
      return make(current, environment);
    });
  }

  /** Tells the schedule that started a workflow of its end. */
  #onRunClosed(run: RunState): void {
    const payload = run.started.searchAttributes?.indexedFields?.get("TemporalScheduledById");
    if (payload?.data === undefined || run.newExecutionRunId !== "") return;
    const scheduleId = parseText(payload.data);
    if (scheduleId === undefined) return;
    const target = { namespaceId: run.namespaceId, id: scheduleId };
    this.#noteEnd(run, target).catch((error: unknown) => {
      // The schedule looks itself before its next action.
      const fields = { error, scheduleId, workflowId: run.workflowId };
      this.#entities.deps.logger.log("debug", "A schedule was not told of an end", fields);
    });
  }

  async #noteEnd(run: RunState, target: ScheduleTarget): Promise<void> {
    const { workflowId, runId } = run;
    const firstRunId = run.started.firstExecutionRunId ?? runId;
    const state = await this.#entities.read(target);
    if (state === undefined || !knowsAction(state, { workflowId, firstRunId })) return;
    const end: ActionEnd = { workflowId, firstRunId, ...(await endOfRun(this.#host, run)) };
    await this.#entities.step(target, (current, environment) =>
      noteEnds(current, [end], environment),
    );
  }
}

/** The schedule that this very request created, if it was this one. */
function repeated(existing: ScheduleState, requestId: string): ScheduleState {
  if (existing.createRequestId === requestId) return existing;
  const message = `schedule "${existing.identity.id}" is already registered`;
  const none = { runId: "", startRequestId: "", firstExecutionRunId: "" };
  throw new WorkflowAlreadyStartedError(message, none);
}

function notFound({ id }: ScheduleTarget): NotFoundError {
  return new NotFoundError(`workflow not found for ID: temporal-sys-scheduler:${id}`);
}

function parseText(data: Uint8Array): string | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(data).toString());
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
