import { isOpen, type RunState, taskQueueName } from "@perdure/engine";
import {
  type CancelSignal,
  DeadlineExceededError,
  InvalidArgumentError,
  NotFoundError,
  QueryFailedError,
  ResourceExhaustedError,
  WorkflowNotReadyError,
} from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import { QueryToken } from "@perdure/proto/perdure/internal/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import {
  QueryRejectCondition,
  QueryResultType,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import { Failure, type FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type {
  WorkflowQueryInit,
  WorkflowQueryResultInit,
} from "@perdure/proto/temporal/api/query/v1";
import type { Dispatch } from "./dispatch.js";
import type { LoadedRun } from "./loaded-run.js";
import { PendingQueries, type QueryOutcome } from "./pending-queries.js";
import type { RunTarget } from "./step-run.js";
import { describeTask, withHistory } from "./task-dispatch.js";
import { mayStickToWorker, queryQueue } from "./versioned-query.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

export interface QueryQuestion {
  readonly target: RunTarget;
  readonly query: WorkflowQueryInit;
  readonly rejectCondition: QueryRejectCondition;
  /** When the caller stops waiting, milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly signal: CancelSignal;
}

export type QueryReply =
  | { readonly kind: "answered"; readonly runId: string; readonly answer: PayloadsInit | undefined }
  | { readonly kind: "rejected"; readonly runId: string; readonly status: WorkflowExecutionStatus };

/** How a worker answered a query task. */
export interface QueryTaskResult {
  readonly resultType: QueryResultType;
  readonly answer: PayloadsInit | undefined;
  readonly errorMessage: string;
  readonly failure: FailureInit | undefined;
}

/** `history.maxBufferedQueryCount`: queries of a run that may wait for its workflow task. */
const WAITING_QUERIES_MAX = 100;
/** Attempts of a failing workflow task after which queries fail at once. */
const FAILING_ATTEMPTS = 3;
/** How long a sticky worker has for a query before another worker is asked. */
const STICKY_QUERY_MS = 5_000;
/** A sticky queue that nobody polled for so long is not asked. */
const STICKY_POLLER_WINDOW_MS = 10_000;

/**
 * Asks workflows about their state. Queries live in memory only: a restart makes callers ask again.
 */
export class QueryService {
  readonly #host: WorkflowHost;
  readonly #asked = new Map<string, (result: QueryTaskResult) => void>();

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  /**
   * Answers a query, after all news that the workflow had when it came.
   *
   * @throws {QueryFailedError} The worker answered with an error.
   * @throws {WorkflowNotReadyError} The workflow can't answer yet.
   * @throws {DeadlineExceededError} No worker answered in time.
   */
  async query(question: QueryQuestion): Promise<QueryReply> {
    const release = this.#host.deps.clock.skipping?.hold();
    try {
      return await this.#query(question);
    } finally {
      release?.();
    }
  }

  async #query(question: QueryQuestion): Promise<QueryReply> {
    const { target } = question;
    const slot = this.#host.slot(target.namespaceId, target.workflowId);
    const run = await slot.run(target.runId);
    await run.lastTicket?.durable;
    const { runId, status } = run.state;
    const isPausedNow = status === WorkflowExecutionStatus.PAUSED;
    if (isPausedNow || isRejected(status, question.rejectCondition))
      return { kind: "rejected", runId, status };
    this.#checkReady(run.state, question);
    const answer = needsWorkflowTask(run.state)
      ? await this.#askWithTask(slot, run, question)
      : await this.#askDirectly(run, question);
    return { kind: "answered", runId, answer };
  }

  #checkReady(state: RunState, question: QueryQuestion): void {
    if (!isOpen(state) && state.previousStartedEventId === 0) {
      throw new WorkflowNotReadyError("Workflow execution closed before WorkflowTaskStarted event");
    }
    if (state.firstTaskAtMs > question.deadlineMs) {
      throw new WorkflowNotReadyError("Workflow task is not scheduled yet.");
    }
    if ((state.workflowTask?.attempt ?? 1) >= FAILING_ATTEMPTS) {
      throw new WorkflowNotReadyError(
        "Unable to query workflow due to Workflow Task in failed state.",
      );
    }
  }

  /** Lets the next workflow task carry the query. */
  async #askWithTask(
    slot: WorkflowSlot,
    run: LoadedRun,
    question: QueryQuestion,
  ): Promise<PayloadsInit | undefined> {
    run.queries ??= new PendingQueries();
    const { queries } = run;
    if (queries.size >= WAITING_QUERIES_MAX) {
      throw new ResourceExhaustedError(
        "consistent query buffer is full, this may be caused by too many queries and workflow not able to process query fast enough",
        { cause: "BUSY_WORKFLOW", scope: "NAMESPACE" },
      );
    }
    const queryId = this.#host.newId();
    const outcome = await this.#withDeadline(
      question,
      queries.add(queryId, question.query),
    ).finally(() => queries.remove(queryId));
    if (outcome.kind === "answered") return resultOf(outcome.result);
    if (outcome.kind === "refused") throw new InvalidArgumentError("Blob data size exceeds limit.");
    const again = await slot.run(run.state.runId);
    return this.#askDirectly(again, question);
  }

  #withDeadline(question: QueryQuestion, outcome: Promise<QueryOutcome>): Promise<QueryOutcome> {
    return this.#race(question, question.deadlineMs, outcome).then((settled) => {
      if (settled === undefined) throw new DeadlineExceededError("context deadline exceeded");
      return settled;
    });
  }

  /** The outcome; `undefined` when the time is over or the caller has gone. */
  #race<T>(question: QueryQuestion, untilMs: number, outcome: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve) => {
      const { clock } = this.#host.deps;
      const end = (value: T | undefined): void => {
        timer.cancel();
        question.signal.removeEventListener("abort", abort);
        resolve(value);
      };
      const abort = (): void => end(undefined);
      const timer = clock.schedule(untilMs - clock.nowMs(), () => end(undefined));
      question.signal.addEventListener("abort", abort);
      outcome.then(end, abort);
    });
  }

  /** Gives the query to a worker by itself: nothing that it should know of is under way. */
  async #askDirectly(run: LoadedRun, question: QueryQuestion): Promise<PayloadsInit | undefined> {
    const sticky = run.state.sticky?.queue;
    const { clock } = this.#host.deps;
    if (sticky !== undefined && mayStickToWorker(this.#host, run.state)) {
      const queue = queueOf(run.state, sticky);
      const untilMs = Math.min(question.deadlineMs, clock.nowMs() + STICKY_QUERY_MS);
      const isPolled = this.#host.dispatcher?.hasRecentPoller(queue, STICKY_POLLER_WINDOW_MS);
      if (isPolled === true) {
        const result = await this.#offer(run, { question, queue, untilMs, isSticky: true });
        if (result !== undefined) return resultOf(result);
      }
    }
    const queue = queryQueue(this.#host, run.state, queueOf(run.state, taskQueueName(run.state)));
    const untilMs = question.deadlineMs;
    const result = await this.#offer(run, { question, queue, untilMs, isSticky: false });
    if (result === undefined) throw new DeadlineExceededError("context deadline exceeded");
    return resultOf(result);
  }

  async #offer(
    run: LoadedRun,
    offer: {
      readonly question: QueryQuestion;
      readonly queue: QueueKey;
      readonly untilMs: number;
      readonly isSticky: boolean;
    },
  ): Promise<QueryTaskResult | undefined> {
    const queryId = this.#host.newId();
    const answered = new Promise<QueryTaskResult>((resolve) => this.#asked.set(queryId, resolve));
    const start = (): Promise<Dispatch | undefined> =>
      this.#asked.has(queryId)
        ? this.#queryTask(run, { queryId, query: offer.question.query, isSticky: offer.isSticky })
        : Promise.resolve(undefined);
    const takeBack = this.#host.dispatcher?.offerTransient(offer.queue, { start });
    try {
      return await this.#race(offer.question, offer.untilMs, answered);
    } finally {
      this.#asked.delete(queryId);
      takeBack?.();
    }
  }

  async #queryTask(
    run: LoadedRun,
    task: {
      readonly queryId: string;
      readonly query: WorkflowQueryInit;
      readonly isSticky: boolean;
    },
  ): Promise<Dispatch> {
    const { state } = run;
    const { namespaceId } = state;
    const head = {
      ...describeTask(state),
      taskToken: QueryToken.encode({ queryId: task.queryId, namespaceId }),
      attempt: 1,
      query: task.query,
    };
    const fromEventId = task.isSticky ? state.nextEventId : 1;
    const response = await withHistory(this.#host, run, { head, fromEventId, suffix: NOTHING });
    return { response };
  }

  /**
   * Takes a worker's answer to a query task.
   *
   * @throws {NotFoundError} Nobody waits for it (any more).
   */
  answer({ queryId }: QueryToken, result: QueryTaskResult): void {
    const resolve = this.#asked.get(queryId);
    if (resolve === undefined) {
      throw new NotFoundError("query task not found, or already expired");
    }
    // A result that is neither an answer nor a failure leaves the caller waiting.
    if (result.resultType !== QueryResultType.UNSPECIFIED) resolve(result);
  }
}

const NOTHING = new Uint8Array(0);

function isRejected(status: WorkflowExecutionStatus, condition: QueryRejectCondition): boolean {
  if (status === WorkflowExecutionStatus.RUNNING) return false;
  if (condition === QueryRejectCondition.NOT_OPEN) return true;
  const isClean = status === WorkflowExecutionStatus.COMPLETED;
  return condition === QueryRejectCondition.NOT_COMPLETED_CLEANLY && !isClean;
}

/** Whether news that came before the query may not have reached the workflow yet. */
function needsWorkflowTask(state: RunState): boolean {
  if (!isOpen(state)) return false;
  return state.previousStartedEventId === 0 || state.workflowTask !== undefined;
}

function queueOf(state: RunState, name: string): QueueKey {
  return { namespaceId: state.namespaceId, name, taskKind: TaskKind.WORKFLOW };
}

function resultOf(result: QueryTaskResult | WorkflowQueryResultInit): PayloadsInit | undefined {
  if (result.resultType === QueryResultType.ANSWERED) return result.answer;
  const failure = result.failure === undefined ? undefined : Failure.encode(result.failure);
  throw new QueryFailedError(result.errorMessage ?? "", failure);
}
