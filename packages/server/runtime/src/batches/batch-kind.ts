import {
  type BatchState,
  batchTypeOf,
  batchWakeMs,
  encodeBatch,
  foldBatch,
  isBatchOpen,
  startBatch,
  stopBatch,
  wakeBatch,
} from "@perdure/engine";
import { NotFoundError, WorkflowAlreadyStartedError } from "@perdure/kernel";
import { EntityKind, listIdOf, type VisibilityRow } from "@perdure/persistence";
import { BatchOperationState, WorkflowExecutionStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import { EntityHost } from "../entities/entity-host.js";
import type { EntityLogic } from "../entities/entity-logic.js";
import type { EntityHostDeps } from "../entities/entity-stepper.js";
import type { HostedKind } from "../hosted-kinds.js";
import type { Waker } from "../waker.js";
import { BatchEffects, type BatchTargets } from "./batch-effects.js";

const LOGIC: EntityLogic<BatchState> = {
  kind: EntityKind.BATCH_OPERATION,
  fold: foldBatch,
  encodeSnapshot: encodeBatch,
  decodeSnapshot: (data, identity) => foldBatch(undefined, data, identity),
  isOpen: isBatchOpen,
  wakeAtMs: batchWakeMs,
  wake: wakeBatch,
  listRow,
};

/** The type of the operation stands where workflows have their type. */
function listRow(state: BatchState): VisibilityRow {
  const { identity, request, startedMs, closedMs } = state;
  const { namespaceId, id, runId } = identity;
  return {
    namespaceId: listIdOf(namespaceId, EntityKind.BATCH_OPERATION),
    workflowId: id,
    runId,
    workflowType: String(batchTypeOf(request)),
    taskQueue: "",
    status: statusOf(state),
    startTimeMs: startedMs,
    executionTimeMs: startedMs,
    closeTimeMs: closedMs,
    historyLength: 0,
    historySizeBytes: 0,
    stateTransitionCount: 0,
    parentWorkflowId: undefined,
    parentRunId: undefined,
    rootWorkflowId: id,
    rootRunId: runId,
    firstRunId: runId,
    memo: undefined,
    searchAttributes: undefined,
  };
}

function statusOf({ state }: BatchState): WorkflowExecutionStatus {
  switch (state) {
    case BatchOperationState.RUNNING:
      return WorkflowExecutionStatus.RUNNING;
    case BatchOperationState.COMPLETED:
      return WorkflowExecutionStatus.COMPLETED;
    default:
      return WorkflowExecutionStatus.FAILED;
  }
}

/** Names a batch operation for a request. */
export interface BatchTarget {
  readonly namespaceId: string;
  /** The job ID. */
  readonly id: string;
}

/** Batch operations: one operation done to many executions, at a limited rate. */
export class Batches implements HostedKind {
  readonly kind = EntityKind.BATCH_OPERATION;
  readonly #entities: EntityHost<BatchState>;

  constructor(deps: EntityHostDeps) {
    this.#entities = new EntityHost(deps, LOGIC);
  }

  /** Connects what operations are done to; to be called before anything is woken. */
  connect(targets: BatchTargets): void {
    this.#entities.connect({ effects: new BatchEffects(this.#entities, targets) });
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

  /** @throws {WorkflowAlreadyStartedError} There is or was an operation with this job ID. */
  async start(target: BatchTarget, request: StartBatchOperationRequestInit): Promise<void> {
    const identity = { ...target, runId: this.#entities.newId() };
    await this.#entities.create(identity, (current, environment) => {
      if (current !== undefined) throw alreadyStarted(current.state);
      return startBatch(identity, request, environment);
    });
  }

  /** @throws {NotFoundError} No such operation. */
  async read(target: BatchTarget): Promise<BatchState> {
    const state = await this.#entities.read(target);
    if (state === undefined) throw notFound(target);
    return state;
  }

  /** Stops an operation. @throws {NotFoundError} No such operation, or it has ended. */
  async cancel(target: BatchTarget, reason: string): Promise<void> {
    await this.read(target);
    await this.#entities.step(target, (state, environment) =>
      stopBatch(state, reason, environment),
    );
  }
}

function alreadyStarted(state: BatchState): WorkflowAlreadyStartedError {
  const { id, runId } = state.identity;
  const message = isBatchOpen(state)
    ? `Workflow execution is already running. WorkflowId: ${id}, RunId: ${runId}.`
    : `Workflow execution already finished. WorkflowId: ${id}, RunId: ${runId}. Workflow Id reuse policy: reject duplicate workflow Id.`;
  return new WorkflowAlreadyStartedError(message, {
    runId,
    startRequestId: state.startRequestId,
    firstExecutionRunId: runId,
  });
}

function notFound({ id }: BatchTarget): NotFoundError {
  return new NotFoundError(`workflow not found for ID: ${id}`);
}
