import {
  type BatchPage,
  type BatchState,
  failBatch,
  hasBatchWork,
  isBatchOpen,
  nextOfBatch,
  noteDone,
  notePage,
} from "@perdure/engine";
import {
  DomainError,
  InvalidArgumentError,
  NotFoundError,
  ShuttingDownError,
  StoreUnavailableError,
} from "@perdure/kernel";
import type { ExecutionInit } from "@perdure/proto/temporal/api/common/v1";
import type { StartBatchOperationRequestInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { EntityHost } from "../entities/entity-host.js";
import type { EntityEffects, EntityIdentity, EntityStep } from "../entities/entity-logic.js";

/** Executions that the operation is done to at the same time: `worker.batcherConcurrency`. */
const CONCURRENCY = 5;

/** A request to do something to many executions, in its namespace. */
export interface BatchRequest {
  readonly namespaceId: string;
  readonly request: StartBatchOperationRequestInit;
}

/** What batch operations are done to. */
export interface BatchTargets {
  /**
   * Lists a page of the executions that the query of a request means.
   *
   * @throws {InvalidArgumentError} The query makes no sense.
   */
  list(batch: BatchRequest, cursor: Uint8Array | undefined): Promise<BatchPage>;
  /** Counts the executions that the query means. Errors as `list`. */
  count(batch: BatchRequest): Promise<number>;
  /**
   * Does the operation to one execution. What is done a second time must change nothing.
   *
   * @throws {DomainError} It can't be done.
   */
  perform(batch: BatchRequest, execution: ExecutionInit): Promise<void>;
}

/** Finds what batch operations are to be done to, and does them. */
export class BatchEffects implements EntityEffects<BatchState> {
  readonly #batches: EntityHost<BatchState>;
  readonly #targets: BatchTargets;

  constructor(batches: EntityHost<BatchState>, targets: BatchTargets) {
    this.#batches = batches;
    this.#targets = targets;
  }

  hasWork(state: BatchState): boolean {
    return hasBatchWork(state);
  }

  async work(identity: EntityIdentity): Promise<void> {
    const state = await this.#batches.read(identity);
    if (state === undefined || !hasBatchWork(state)) return;
    const { page } = state;
    if (page === undefined || state.position >= page.executions.length) {
      await this.#findPage(identity, state);
    } else await this.#perform(identity, state);
  }

  async #findPage(identity: EntityIdentity, state: BatchState): Promise<void> {
    const { request, page: last } = state;
    const batch = { namespaceId: identity.namespaceId, request };
    try {
      const listed = listedExecutions(request);
      const page = listed ?? (await this.#targets.list(batch, last?.nextCursor));
      const isFirst = last === undefined;
      const totalCount =
        listed?.executions.length ?? (isFirst ? await this.#targets.count(batch) : 0);
      const found = isFirst ? { page, totalCount } : { page };
      await this.#note(identity, (current, time) => notePage(current, found, time));
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      await this.#note(identity, failBatch);
    }
  }

  async #perform(identity: EntityIdentity, state: BatchState): Promise<void> {
    const batch = { namespaceId: identity.namespaceId, request: state.request };
    const executions = nextOfBatch(state);
    let successCount = 0;
    for (let begin = 0; begin < executions.length; begin += CONCURRENCY) {
      const group = executions.slice(begin, begin + CONCURRENCY);
      const outcomes = await Promise.all(group.map((one) => this.#performOne(batch, one)));
      successCount += outcomes.filter((isDone) => isDone).length;
      // An operation that is stopped does nothing more.
      const current = await this.#batches.read(identity);
      if (current === undefined || !isBatchOpen(current)) return;
    }
    const done = { successCount, failureCount: executions.length - successCount };
    await this.#note(identity, (current, time) => noteDone(current, done, time));
  }

  async #performOne(batch: BatchRequest, execution: ExecutionInit): Promise<boolean> {
    try {
      await this.#targets.perform(batch, execution);
      return true;
    } catch (error) {
      // What is gone, or has ended, needs the operation no more.
      if (error instanceof NotFoundError) return true;
      if (!(error instanceof DomainError) || mayWorkLater(error)) throw error;
      const fields = { error, jobId: batch.request.jobId, id: execution.businessId };
      this.#batches.deps.logger.log("debug", "A batch operation failed for an execution", fields);
      return false;
    }
  }

  async #note(
    identity: EntityIdentity,
    make: (state: BatchState, time: { nowMs: number }) => EntityStep<BatchState> | undefined,
  ): Promise<void> {
    await this.#batches.step(identity, (state, environment) => {
      const unchanged = { next: state, record: undefined, isListChanged: false, offers: [] };
      return make(state, environment) ?? unchanged;
    });
  }
}

function mayWorkLater(error: DomainError): boolean {
  return error instanceof StoreUnavailableError || error instanceof ShuttingDownError;
}

/** The executions that a request names one by one; `undefined`: it has a query. */
function listedExecutions(request: StartBatchOperationRequestInit): BatchPage | undefined {
  const targets = request.targetExecutions ?? [];
  if (targets.length > 0) return { executions: targets, nextCursor: undefined };
  const executions = request.executions ?? [];
  if (executions.length === 0) return undefined;
  return {
    executions: executions.map(({ workflowId, runId }) => ({ businessId: workflowId, runId })),
    nextCursor: undefined,
  };
}
