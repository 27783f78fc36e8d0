import { isOpen, type UpdateInput, updateStatus } from "@perdure/engine";
import {
  AbortedError,
  DomainError,
  MultiOperationError,
  type OperationOutcome,
  StoreUnavailableError,
  UpdateAbortedByCloseError,
} from "@perdure/kernel";
import {
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
} from "@perdure/proto/temporal/api/enums/v1";
import type { LoadedRun } from "./loaded-run.js";
import {
  replyOf,
  type UpdateReply,
  type UpdateService,
  type UpdateWait,
} from "./update-service.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { StartCommand, StartReply, WorkflowService } from "./workflow-service.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** An update together with the start of its workflow. */
export interface UpdateWithStart {
  readonly start: StartCommand;
  readonly update: UpdateInput;
  readonly wait: UpdateWait;
}

/** Both halves of an update-with-start that succeeded. */
export interface UpdateWithStartReply {
  readonly start: StartReply;
  readonly update: UpdateReply;
  /** Whether the outcome was known before, so that nothing was started and nothing sent. */
  readonly isRepeated: boolean;
}

const ABORTED: OperationOutcome = { kind: "aborted" };

/** Sends updates to workflows that are started for them when they are not running. */
export class UpdateWithStartService {
  readonly #host: WorkflowHost;
  readonly #workflows: WorkflowService;
  readonly #updates: UpdateService;

  constructor(host: WorkflowHost, workflows: WorkflowService, updates: UpdateService) {
    this.#host = host;
    this.#workflows = workflows;
    this.#updates = updates;
  }

  /**
   * Updates the current run if the policies allow, else starts one whose first task brings the
   * update. A running workflow that closes before it saw the update is tried once more.
   *
   * @throws {MultiOperationError} Tells of each half why it failed; the update may fail although
   * the workflow was started.
   */
  async execute(command: UpdateWithStart): Promise<UpdateWithStartReply> {
    try {
      return await this.#executeOnce(command);
    } catch (error) {
      if (!wasClosedMeanwhile(error)) throw error;
    }
    try {
      return await this.#executeOnce(command);
    } catch (error) {
      if (!wasClosedMeanwhile(error)) throw error;
      const aborted = new AbortedError("workflow update was aborted by closing workflow");
      throw new MultiOperationError([ABORTED, { kind: "failed", error: aborted }]);
    }
  }

  async #executeOnce(command: UpdateWithStart): Promise<UpdateWithStartReply> {
    const { namespaceId, request } = command.start;
    const slot = this.#host.slot(namespaceId, request.workflowId ?? "");
    // Others may wait for the same read: what it found is old for all but the first of them.
    while (slot.peekCurrent() === undefined) await slot.current();
    const run = slot.peekCurrent()?.run;
    if (run === undefined) return this.#startAndUpdate(command);
    const { state } = run;
    const status = updateStatus(state, command.update.updateId);
    if (status?.kind === "completed") {
      const update = await this.#wait(run, command);
      return { start: existing(run, state.status), update, isRepeated: true };
    }
    const isUpdated =
      isOpen(state) &&
      (status !== undefined ||
        state.requestIds.get(request.requestId ?? "") === 1 ||
        request.workflowIdConflictPolicy === WorkflowIdConflictPolicy.USE_EXISTING);
    return isUpdated ? this.#updateRunning(slot, run, command) : this.#startAndUpdate(command);
  }

  async #updateRunning(
    slot: WorkflowSlot,
    run: LoadedRun,
    command: UpdateWithStart,
  ): Promise<UpdateWithStartReply> {
    try {
      this.#updates.admit(slot, run, command.update);
      const update = await this.#wait(run, command);
      const start = existing(run, WorkflowExecutionStatus.RUNNING);
      return { start, update, isRepeated: false };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new MultiOperationError([ABORTED, { kind: "failed", error }]);
    }
  }

  async #startAndUpdate(command: UpdateWithStart): Promise<UpdateWithStartReply> {
    let update: Promise<UpdateReply> | undefined;
    const onCreated = (run: LoadedRun): void => {
      update = this.#wait(run, command);
      // It is awaited once the start is durable.
      update.catch(() => undefined);
    };
    const started = { ...command.start, update: command.update, onCreated };
    const start = await this.#workflows.start(started).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
      throw new MultiOperationError([{ kind: "failed", error }, ABORTED]);
    });
    if (update === undefined) {
      const error = new StoreUnavailableError("Workflow was not started: StartDeduped");
      throw new MultiOperationError([{ kind: "failed", error }, ABORTED]);
    }
    try {
      return { start, update: await update, isRepeated: false };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      throw new MultiOperationError([{ kind: "succeeded" }, { kind: "failed", error }]);
    }
  }

  async #wait(run: LoadedRun, command: UpdateWithStart): Promise<UpdateReply> {
    const { updateId } = command.update;
    const progress = await this.#updates.progress(run, { updateId, wait: command.wait });
    if (progress.kind !== "lost") return replyOf(run, progress);
    throw new StoreUnavailableError("workflow update was aborted");
  }
}

function existing(run: LoadedRun, status: WorkflowExecutionStatus): StartReply {
  const { runId, started } = run.state;
  const firstExecutionRunId = started.firstExecutionRunId ?? "";
  const answer = { isStarted: false, isAttached: false, eagerTask: undefined };
  return { runId, firstExecutionRunId, status, ...answer };
}

/** Whether a workflow that was running closed before it saw the update. */
function wasClosedMeanwhile(error: unknown): boolean {
  if (!(error instanceof MultiOperationError)) return false;
  const [start, update] = error.operations;
  if (start?.kind !== "aborted" || update?.kind !== "failed") return false;
  return update.error instanceof UpdateAbortedByCloseError;
}
