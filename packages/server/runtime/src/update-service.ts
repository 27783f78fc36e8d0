import {
  admitUpdate,
  forgetUpdates,
  hasStartedTask,
  type StepEnvironment,
  UNFINISHED_OUTCOME,
  type UpdateInput,
  type UpdateNotice,
  updateStatus,
} from "@perdure/engine";
import {
  type CancelSignal,
  DeadlineExceededError,
  NotFoundError,
  present,
  ResourceExhaustedError,
  unreachable,
} from "@perdure/kernel";
import { UpdateWorkflowExecutionLifecycleStage as Stage } from "@perdure/proto/temporal/api/enums/v1";
import { History } from "@perdure/proto/temporal/api/history/v1";
import type { OutcomeInit } from "@perdure/proto/temporal/api/update/v1";
import type { CommitTicket } from "./group-committer.js";
import type { LoadedRun } from "./loaded-run.js";
import { readHistory } from "./read-history.js";
import { checkChain, type RunTarget } from "./step-run.js";
import { abortError, closingError } from "./update-errors.js";
import { UpdateWaiters } from "./update-waiters.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** How long a caller waits for an update. */
export interface UpdateWait {
  /** The answer comes as soon as the update has come so far; at once when unspecified. */
  readonly stage: Stage;
  /** When the caller stops waiting, milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: CancelSignal;
}

/** How far an update has come. */
export interface UpdateReply {
  readonly runId: string;
  readonly stage: Stage;
  /** There is one when the update is completed, or rejected. */
  readonly outcome: OutcomeInit | undefined;
  /** Whether the workflow rejected the update and gave no failure. */
  readonly lacksFailure?: boolean;
}

/** `history.longPollExpirationInterval`: how long a call waits before it tells how far it is. */
const WAIT_MS = 20_000;

/** Where an update stands, as far as it is durable. */
type Progress =
  | { readonly kind: "admitted" }
  | { readonly kind: "accepted" }
  | { readonly kind: "completed"; readonly outcome: OutcomeInit; readonly lacksFailure?: boolean }
  | { readonly kind: "ended"; readonly notice: UpdateNotice & { readonly kind: "aborted" } }
  /** The run was dropped from memory: whatever waited there must be found or admitted again. */
  | { readonly kind: "lost" };

/** Sends updates to workflows and waits for what becomes of them. */
export class UpdateService {
  readonly #host: WorkflowHost;

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  /**
   * Sends an update and waits until it has come as far as the caller wants, or for twenty seconds.
   * An update that is known by its ID is not sent again. Errors as `admitUpdate` of the engine and:
   *
   * @throws {NotFoundError} No such run, or it closed before the workflow saw the update.
   * @throws {WorkflowNotReadyError} The workflow task that carried the update failed.
   * @throws {DeadlineExceededError} The caller's time is over.
   */
  async update(target: RunTarget, update: UpdateInput, wait: UpdateWait): Promise<UpdateReply> {
    const untilMs = this.#host.deps.clock.nowMs() + WAIT_MS;
    for (;;) {
      const slot = this.#host.slot(target.namespaceId, target.workflowId);
      const run = await slot.run(target.runId);
      checkChain(run.state, target);
      this.admit(slot, run, update);
      const progress = await this.progress(run, { updateId: update.updateId, wait, untilMs });
      if (progress.kind !== "lost") return replyOf(run, progress);
    }
  }

  /** Admits an update to a run that is in memory, unless it is known there. */
  admit(slot: WorkflowSlot, run: LoadedRun, update: UpdateInput): void {
    if (run.isClosing && hasStartedTask(run.state)) throw closingError();
    const environment = this.#host.environment(slot.key.namespaceId);
    try {
      const step = this.#host.attempt(slot, () => admitUpdate(run.state, update, environment));
      this.#host.apply(slot, run, step);
    } catch (error) {
      if (error instanceof ResourceExhaustedError) this.#forgetAbandoned(slot, run, environment);
      throw error;
    }
  }

  /** Makes room for updates to come: those that nobody waits for any more are forgotten. */
  #forgetAbandoned(slot: WorkflowSlot, run: LoadedRun, environment: StepEnvironment): void {
    const isAbandoned = (updateId: string): boolean => run.updates?.has(updateId) !== true;
    this.#host.apply(slot, run, forgetUpdates(run.state, isAbandoned, environment));
  }

  /**
   * Waits as `update` does, for an update that was sent before.
   *
   * @throws {NotFoundError} No such run, or it knows no such update. Others as `update`.
   */
  async poll(target: RunTarget, updateId: string, wait: UpdateWait): Promise<UpdateReply> {
    const untilMs = this.#host.deps.clock.nowMs() + WAIT_MS;
    for (;;) {
      const run = await this.#host.slot(target.namespaceId, target.workflowId).run(target.runId);
      if (updateStatus(run.state, updateId) === undefined) {
        throw new NotFoundError(`update ${JSON.stringify(updateId)} not found`);
      }
      const progress = await this.progress(run, { updateId, wait, untilMs });
      if (progress.kind !== "lost") return replyOf(run, progress);
    }
  }

  /** Waits for an update that the run knows. Called in the turn in which it was found there. */
  async progress(run: LoadedRun, waiting: Waiting): Promise<Progress> {
    const known = this.#standing(run, waiting.updateId);
    const { stage } = waiting.wait;
    if (known instanceof Promise || hasReached(known, stage)) {
      // It may fail with the commit that is waited for here, and then nobody asks for it.
      if (known instanceof Promise) known.catch(() => {});
      // What a failed commit held never happened: the update is looked for again.
      const isDurable = await settled(run.lastTicket);
      return isDurable ? known : { kind: "lost" };
    }
    return this.#next(run, waiting, known);
  }

  /** Where an update stands in the run's state. */
  #standing(run: LoadedRun, updateId: string): Progress | Promise<Progress> {
    const status = updateStatus(run.state, updateId);
    switch (status?.kind) {
      case undefined:
        return { kind: "lost" };
      case "admitted":
      case "accepted":
        return status;
      case "unfinished":
        return { kind: "completed", outcome: UNFINISHED_OUTCOME };
      case "aborted":
        return { kind: "ended", notice: { ...status, updateId } };
      case "completed":
        return this.#readOutcome(run, status.completedEventId);
      default:
        return unreachable(status as never);
    }
  }

  /** The outcome that an event of the run holds. */
  async #readOutcome(run: LoadedRun, eventId: number): Promise<Progress> {
    const range = { fromEventId: eventId, toEventId: eventId + 1, maxEvents: 1 };
    const slice = await readHistory(this.#host.deps.store, run, range);
    const attributes = History.decode(slice.events).events[0]?.attributes;
    const outcome =
      attributes?.kind === "workflowExecutionUpdateCompletedEventAttributes"
        ? attributes.value.outcome
        : undefined;
    return { kind: "completed", outcome: present(outcome, `Event ${eventId} has an outcome`) };
  }

  /** Listens until the update has come far enough or the time is over. */
  #next(run: LoadedRun, waiting: Waiting, known: Progress): Promise<Progress> {
    const { clock } = this.#host.deps;
    const { updateId, wait, untilMs = clock.nowMs() + WAIT_MS } = waiting;
    run.updates ??= new UpdateWaiters();
    const waiters = run.updates;
    let latest = known;
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        timer.cancel();
        wait.signal.removeEventListener("abort", abort);
        forget();
        if (waiters.isEmpty && run.updates === waiters) run.updates = undefined;
        settle();
      };
      const isOver = (): void =>
        end(() =>
          untilMs < wait.deadlineMs
            ? resolve(latest)
            : reject(new DeadlineExceededError("context deadline exceeded")),
        );
      const abort = (): void =>
        end(() => reject(new DeadlineExceededError("context deadline exceeded")));
      const timer = clock.schedule(Math.min(untilMs, wait.deadlineMs) - clock.nowMs(), isOver);
      wait.signal.addEventListener("abort", abort);
      const forget = waiters.add(updateId, (notice) => {
        latest = progressOf(notice);
        if (hasReached(latest, wait.stage)) end(() => resolve(latest));
      });
    });
  }
}

/** What a call waits for. */
export interface Waiting {
  readonly updateId: string;
  readonly wait: UpdateWait;
  /** When the call answers however far the update is, epoch milliseconds; 20 s by default. */
  readonly untilMs?: number;
}

/** Whether a commit, if one is under way, came to a good end. */
async function settled(ticket: CommitTicket | undefined): Promise<boolean> {
  try {
    await ticket?.durable;
    return true;
  } catch {
    return false;
  }
}

function progressOf(notice: UpdateNotice | undefined): Progress {
  switch (notice?.kind) {
    case undefined:
      return { kind: "lost" };
    case "accepted":
      return { kind: "accepted" };
    case "completed":
      return { kind: "completed", outcome: notice.outcome };
    case "rejected":
      return {
        kind: "completed",
        outcome: { value: { kind: "failure", value: notice.failure ?? {} } },
        lacksFailure: notice.failure === undefined,
      };
    case "aborted":
      return notice.reason === "lost" ? { kind: "lost" } : { kind: "ended", notice };
    default:
      return unreachable(notice as never);
  }
}

function hasReached(progress: Progress, stage: Stage): boolean {
  switch (progress.kind) {
    case "admitted":
      return stage === Stage.UNSPECIFIED || stage === Stage.ADMITTED;
    case "accepted":
      return stage !== Stage.COMPLETED;
    case "completed":
    case "ended":
    case "lost":
      return true;
    default:
      return unreachable(progress);
  }
}

/** The answer for an update that has come so far; an error when it ended without an outcome. */
export function replyOf(
  run: LoadedRun,
  progress: Exclude<Progress, { readonly kind: "lost" }>,
): UpdateReply {
  const { runId } = run.state;
  switch (progress.kind) {
    case "admitted":
      return { runId, stage: Stage.ADMITTED, outcome: undefined };
    case "accepted":
      return { runId, stage: Stage.ACCEPTED, outcome: undefined };
    case "completed": {
      const { outcome, lacksFailure = false } = progress;
      return { runId, stage: Stage.COMPLETED, outcome, lacksFailure };
    }
    case "ended":
      throw abortError(progress.notice);
    default:
      return unreachable(progress);
  }
}
