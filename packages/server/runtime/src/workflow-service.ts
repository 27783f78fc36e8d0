import {
  type ActivityTarget,
  type AttachInput,
  attachToRun,
  type CancelInput,
  cancelActivity,
  completeActivity,
  completeWorkflowTask,
  failActivity,
  type HeartbeatStep,
  heartbeatActivity,
  isOpen,
  loseSpeculativeTask,
  messageOf,
  type RunState,
  type RunStep,
  refuseWhileClosing,
  reportTaskFailure,
  requestCancelRun,
  resetSticky,
  type SignalInput,
  type StepEnvironment,
  signalRun,
  startRun,
  type TaskCompletion,
  type TaskProof,
  type TerminateInput,
  terminateRun,
  type UpdateInput,
} from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import type { TaskToken } from "@perdure/proto/perdure/internal/v1";
import type { PayloadsInit } from "@perdure/proto/temporal/api/common/v1";
import {
  WorkflowExecutionStatus,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  type WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type {
  DescribeWorkflowExecutionResponseInit,
  RespondWorkflowTaskCompletedRequest,
  StartWorkflowExecutionRequestInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  PollActivityTaskQueueResponse,
  RespondWorkflowTaskCompletedResponse,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import { encodeWithRaw } from "@perdure/proto/wire";
import { deleteRun } from "./delete-run.js";
import { describeRun } from "./describe-run.js";
import { answerHistory, type HistoryQuestion } from "./history-reader.js";
import type { LoadedRun } from "./loaded-run.js";
import { destinationOf } from "./outbound-caller.js";
import { answerReverseHistory, type ReverseHistoryQuestion } from "./reverse-history-reader.js";
import { decideStart } from "./start-policy.js";
import { type RunTarget, type StepMaker, stepRun } from "./step-run.js";
import { activityResponse, workflowTaskResponse } from "./task-dispatch.js";
import type { WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** How a start came out. */
export interface StartReply {
  readonly runId: string;
  /** The run that began the chain. */
  readonly firstExecutionRunId: string;
  /** Whether this request made the run (now or when it came before). */
  readonly isStarted: boolean;
  /** Whether the run keeps the request's ID as one that was attached to it. */
  readonly isAttached: boolean;
  readonly status: WorkflowExecutionStatus;
  /**
   * Encoded `PollWorkflowTaskQueueResponse` of the first task, for a worker that starts its own
   * work.
   */
  readonly eagerTask: Uint8Array | undefined;
}

/** A checked request to start a workflow. */
export interface StartCommand {
  readonly namespaceId: string;
  readonly request: StartWorkflowExecutionRequestInit;
  readonly signal?: SignalInput;
  readonly isEager: boolean;
  /** An update that the run's first task brings, when a run is made. */
  readonly update?: UpdateInput;
  /** Called with the run in the turn in which it is made. */
  readonly onCreated?: (run: LoadedRun) => void;
}

/** The operations on workflows. Each resolves once what it did is durable, and not before. */
export class WorkflowService {
  readonly #host: WorkflowHost;

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  /**
   * Starts a workflow, or answers with the run that the request or its policies mean.
   *
   * @throws {WorkflowAlreadyStartedError} The policies refuse the start; nothing happened.
   */
  async start(command: StartCommand): Promise<StartReply> {
    const slot = this.#slotOfStart(command);
    // Others may wait for the same read: what it found is old for all but the first of them.
    while (slot.peekCurrent() === undefined) await slot.current();
    const current = slot.peekCurrent()?.run;
    const { request } = command;
    const decision = decideStart(current?.state, {
      requestId: request.requestId ?? "",
      reusePolicy: request.workflowIdReusePolicy ?? WorkflowIdReusePolicy.UNSPECIFIED,
      conflictPolicy: request.workflowIdConflictPolicy ?? WorkflowIdConflictPolicy.UNSPECIFIED,
    });
    if (
      current !== undefined &&
      decision.kind !== "start" &&
      decision.kind !== "terminateAndStart"
    ) {
      return this.#answerExisting(slot, current, { command, kind: decision.kind });
    }
    const replaced = decision.kind === "terminateAndStart" ? current : undefined;
    return this.#create(slot, command, replaced);
  }

  /** Signals the current run; starts one with the signal as its first news when none is open. */
  async signalWithStart(
    command: StartCommand & { readonly signal: SignalInput },
  ): Promise<StartReply> {
    const slot = this.#slotOfStart(command);
    while (slot.peekCurrent() === undefined) await slot.current();
    const current = slot.peekCurrent()?.run;
    const { conflictPolicy, isRunning } = signalWithStartCase(command.request, current?.state);
    if (
      current !== undefined &&
      isRunning &&
      conflictPolicy !== WorkflowIdConflictPolicy.TERMINATE_EXISTING
    ) {
      const step = signalRun(
        current.state,
        command.signal,
        this.#host.environment(command.namespaceId),
      );
      await this.#commit(slot, current, step);
      const reply = replyOf(current.state);
      return { ...reply, isStarted: false, isAttached: false, eagerTask: undefined };
    }
    return this.start(command);
  }

  #slotOfStart(command: StartCommand): WorkflowSlot {
    return this.#host.slot(command.namespaceId, command.request.workflowId ?? "");
  }

  async #answerExisting(
    slot: WorkflowSlot,
    current: LoadedRun,
    start: {
      readonly command: StartCommand;
      readonly kind: "repeat" | "attached" | "useExisting";
    },
  ): Promise<StartReply> {
    const { signal, namespaceId, request } = start.command;
    const { onConflictOptions } = request;
    if (start.kind === "useExisting" && (signal ?? onConflictOptions) !== undefined) {
      const environment = this.#host.environment(namespaceId);
      const step =
        signal === undefined
          ? attachToRun(current.state, attachmentOf(request), environment)
          : signalRun(current.state, signal, environment);
      await this.#commit(slot, current, step);
    }
    await current.lastTicket?.durable;
    const isAttached =
      start.kind === "attached" ||
      (start.kind === "useExisting" && onConflictOptions?.attachRequestId === true);
    const isStarted = start.kind === "repeat";
    const isEager =
      isStarted && start.command.isEager && holdsFirstTask(current.state, request.requestId);
    const eagerTask = isEager ? await workflowTaskResponse(this.#host, current, false) : undefined;
    return { ...replyOf(current.state), isStarted, isAttached, eagerTask };
  }

  async #create(
    slot: WorkflowSlot,
    command: StartCommand,
    replaced: LoadedRun | undefined,
  ): Promise<StartReply> {
    const environment = this.#host.environment(command.namespaceId);
    const { namespaceId } = command;
    const workflowId = slot.key.businessId;
    const runId = environment.newId();
    const termination =
      replaced === undefined ? undefined : terminationFor(replaced, runId, environment);
    const step = startRun(
      { namespaceId, workflowId, runId },
      {
        request: command.request,
        ...(command.signal === undefined ? {} : { signal: command.signal }),
        ...(command.update === undefined ? {} : { update: command.update }),
        eagerIdentity: command.isEager ? (command.request.identity ?? "") : undefined,
      },
      environment,
    );
    const changes = termination === undefined ? [] : [termination];
    const { run, ticket } = this.#host.create(slot, step, { changes });
    command.onCreated?.(run);
    const isEager = command.isEager && run.state.workflowTask?.startedEventId !== 0;
    const eagerTask =
      isEager && run.state.workflowTask !== undefined && step.claimed.length === 0
        ? await workflowTaskResponse(this.#host, run, false)
        : undefined;
    await ticket?.durable;
    const status = WorkflowExecutionStatus.RUNNING;
    const isStarted = true;
    return { runId, firstExecutionRunId: runId, isStarted, isAttached: false, status, eagerTask };
  }

  /**
   * Delivers a signal; the answer is the ID of the run. Errors as `signalRun` of the engine.
   *
   * @throws {ResourceExhaustedError} The workflow is about to close.
   */
  async signal(target: RunTarget, signal: SignalInput): Promise<string> {
    return this.#step(target, (state, environment, run) => {
      if (run.isClosing) refuseWhileClosing(state);
      return signalRun(state, signal, environment);
    });
  }

  /** Makes the run's next workflow tasks go to its normal queue. */
  async resetSticky(target: RunTarget): Promise<void> {
    await this.#step(target, resetSticky);
  }

  /** Errors as `requestCancelRun` of the engine. */
  async requestCancel(target: RunTarget, cancel: CancelInput): Promise<void> {
    await this.#step(target, (state, environment) => requestCancelRun(state, cancel, environment));
  }

  /** Errors as `terminateRun` of the engine. */
  async terminate(target: RunTarget, terminate: TerminateInput): Promise<void> {
    await this.#step(target, (state, environment) => terminateRun(state, terminate, environment));
  }

  /**
   * Ends a workflow task with a worker's commands. The answer is an encoded
   * `RespondWorkflowTaskCompletedResponse`.
   */
  async completeWorkflowTask(
    token: TaskToken,
    request: RespondWorkflowTaskCompletedRequest,
  ): Promise<Uint8Array> {
    const slot = this.#host.slot(token.namespaceId, token.workflowId);
    const run = await slot.run(token.runId);
    const environment = this.#host.environment(token.namespaceId);
    const proof = proofOf(token);
    const completion = this.#host.attempt(slot, () => {
      try {
        return completeWorkflowTask(run.state, { proof, request }, environment);
      } catch (error) {
        // A worker that answers with what is no answer does not hold on to what is not stored.
        if (error instanceof InvalidArgumentError) this.#loseTask(slot, run);
        throw error;
      }
    });
    // Before a run that closes lets go of those who still ask.
    if (completion.refusal === undefined) {
      run.queries?.answer(request.queryResults, environment.limits.blobSizeMaxBytes);
    }
    const { ticket } = this.#host.apply(slot, run, completion);
    settleQueries(run);
    run.isClosing = completion.refusal?.message === "UnhandledCommand";
    const response = await this.#completionResponse(run, completion);
    await ticket?.durable;
    if (completion.refusal !== undefined)
      throw new InvalidArgumentError(messageOf(completion.refusal));
    return response;
  }

  /** What the worker gets for its commands: its next task, and activities that it runs itself. */
  async #completionResponse(run: LoadedRun, completion: TaskCompletion): Promise<Uint8Array> {
    let response: Uint8Array = NOTHING;
    const { resetHistoryEventId } = completion;
    if (resetHistoryEventId !== undefined) {
      response = RespondWorkflowTaskCompletedResponse.encode({
        resetHistoryEventId: BigInt(resetHistoryEventId),
      });
    }
    if (completion.isNextTaskHeld) {
      const task = await workflowTaskResponse(this.#host, run, true);
      response = encodeWithRaw(response, NEXT_TASK_FIELD, [task]);
    }
    for (const scheduledEventId of completion.eagerActivities) {
      const workflowNamespace = this.#host.namespaceName(run.state.namespaceId);
      const head = PollActivityTaskQueueResponse.encode({ workflowNamespace });
      const task = Buffer.concat([head, activityResponse(run.state, scheduledEventId)]);
      response = encodeWithRaw(response, EAGER_ACTIVITIES_FIELD, [task]);
    }
    return response;
  }

  #loseTask(slot: WorkflowSlot, run: LoadedRun): void {
    const environment = this.#host.environment(run.state.namespaceId);
    this.#host.apply(slot, run, loseSpeculativeTask(run.state, environment));
  }

  async failWorkflowTask(
    token: TaskToken,
    failed: {
      readonly cause: WorkflowTaskFailedCause;
      readonly failure: FailureInit | undefined;
      readonly identity: string;
      readonly binaryChecksum: string;
    },
  ): Promise<void> {
    const input = { ...failed, proof: proofOf(token) };
    await this.#step(token, (state, environment) => reportTaskFailure(state, input, environment));
  }

  async completeActivity(
    place: ActivityPlace,
    completed: { readonly result: PayloadsInit | undefined; readonly identity: string },
  ): Promise<void> {
    const { result, identity } = completed;
    const input = { target: place.activity, result, identity };
    await this.#step(place.run, (state, environment) =>
      completeActivity(state, input, environment),
    );
  }

  async failActivity(
    place: ActivityPlace,
    failed: {
      readonly failure: FailureInit | undefined;
      readonly identity: string;
      readonly lastHeartbeatDetails: PayloadsInit | undefined;
    },
  ): Promise<void> {
    const input = { ...failed, target: place.activity };
    await this.#step(place.run, (state, environment) => failActivity(state, input, environment));
  }

  async cancelActivity(
    place: ActivityPlace,
    canceled: { readonly details: PayloadsInit | undefined; readonly identity: string },
  ): Promise<void> {
    const input = { ...canceled, target: place.activity };
    await this.#step(place.run, (state, environment) => cancelActivity(state, input, environment));
  }

  /** Records a heartbeat and tells what is wanted of the activity. */
  async heartbeatActivity(
    place: ActivityPlace,
    details: PayloadsInit | undefined,
  ): Promise<HeartbeatReply> {
    let reply = { isCancelRequested: false, isPaused: false, isReset: false };
    await this.#step(place.run, (state, environment) => {
      const beat = heartbeatActivity(state, { target: place.activity, details }, environment);
      reply = beat;
      return beat.step;
    });
    return reply;
  }

  /** Deletes a run. Errors as `deleteRun`. */
  delete(target: RunTarget): Promise<void> {
    return deleteRun(this.#host, target);
  }

  /** Answers `GetWorkflowExecutionHistoryReverse` with an encoded response. */
  reverseHistory(question: ReverseHistoryQuestion): Promise<Uint8Array> {
    return answerReverseHistory(this.#host, question);
  }

  /** Answers `GetWorkflowExecutionHistory` with an encoded response. */
  history(question: HistoryQuestion): Promise<Uint8Array> {
    return answerHistory(this.#host, question);
  }

  /** The state of a run, once it is durable. */
  async describe(target: RunTarget): Promise<DescribeWorkflowExecutionResponseInit> {
    const state = await this.inspect(target);
    const { breakers } = this.#host;
    return describeRun(state, (call) => breakers.isOpen(destinationOf(state, call)));
  }

  /** The state of a run that is durable. */
  async inspect(target: RunTarget): Promise<RunState> {
    const run = await this.#host.slot(target.namespaceId, target.workflowId).run(target.runId);
    const { state } = run;
    await run.lastTicket?.durable;
    return state;
  }

  #step(target: RunTarget, make: StepMaker): Promise<string> {
    return stepRun(this.#host, target, make);
  }

  async #commit(slot: WorkflowSlot, run: LoadedRun, step: RunStep): Promise<void> {
    const { ticket } = this.#host.apply(slot, run, step);
    await ticket?.durable;
  }
}

/** What a worker is told in answer to a heartbeat. */
export type HeartbeatReply = Omit<HeartbeatStep, "step">;

/** Names an activity of a run for a worker's answer. */
export interface ActivityPlace {
  readonly run: RunTarget;
  readonly activity: ActivityTarget;
}

/** Number of the field `workflow_task` of `RespondWorkflowTaskCompletedResponse`. */
const NEXT_TASK_FIELD = 1;
/** Number of the field `activity_tasks` of `RespondWorkflowTaskCompletedResponse`. */
const EAGER_ACTIVITIES_FIELD = 2;

/** The event that starts a workflow task which is handed out with the reply to the start. */
const EAGER_STARTED_EVENT_ID = 3;

const NOTHING = RespondWorkflowTaskCompletedResponse.encode({});

function proofOf(token: TaskToken): TaskProof {
  const { scheduledEventId, startedEventId, attempt, startedAtMs } = token;
  return { scheduledEventId, startedEventId, attempt, startedAtMs };
}

/** Who asked and got no answer of a workflow task waits for the next one or goes to a worker. */
function settleQueries(run: LoadedRun): void {
  if (run.queries === undefined) return;
  if (run.state.workflowTask === undefined) run.queries.unblock();
  if (run.queries.size === 0) run.queries = undefined;
}

function replyOf(state: RunState): Pick<StartReply, "runId" | "firstExecutionRunId" | "status"> {
  const { runId, status, started } = state;
  return { runId, status, firstExecutionRunId: started.firstExecutionRunId ?? "" };
}

/** Whether the worker that started the run holds the workflow task that came with the reply. */
function holdsFirstTask(state: RunState, requestId: string | undefined): boolean {
  const { workflowTask } = state;
  if (workflowTask?.startedEventId !== EAGER_STARTED_EVENT_ID) return false;
  return workflowTask.attempt === 1 && workflowTask.requestId === requestId;
}

function attachmentOf(request: StartWorkflowExecutionRequestInit): AttachInput {
  const { onConflictOptions: options, requestId = "", completionCallbacks, links } = request;
  return {
    requestId: options?.attachRequestId === true ? requestId : "",
    completionCallbacks:
      options?.attachCompletionCallbacks === true ? (completionCallbacks ?? []) : [],
    links: options?.attachLinks === true ? (links ?? []) : [],
  };
}

function terminationFor(
  replaced: LoadedRun,
  newRunId: string,
  environment: StepEnvironment,
): { readonly run: LoadedRun; readonly step: RunStep } {
  const metadata = new Map([["encoding", Buffer.from("json/plain")]]);
  const data = Buffer.from(JSON.stringify(`terminated by new runID: ${newRunId}`));
  const step = terminateRun(
    replaced.state,
    {
      reason: "TerminateIfRunning WorkflowIdReusePolicy",
      details: { payloads: [{ metadata, data }] },
      identity: "history-service",
    },
    environment,
  );
  return { run: replaced, step };
}

function signalWithStartCase(
  request: StartWorkflowExecutionRequestInit,
  current: RunState | undefined,
): { readonly conflictPolicy: WorkflowIdConflictPolicy; readonly isRunning: boolean } {
  const isOldPolicy = request.workflowIdReusePolicy === WorkflowIdReusePolicy.TERMINATE_IF_RUNNING;
  const conflictPolicy = isOldPolicy
    ? WorkflowIdConflictPolicy.TERMINATE_EXISTING
    : (request.workflowIdConflictPolicy ?? WorkflowIdConflictPolicy.UNSPECIFIED);
  return { conflictPolicy, isRunning: current !== undefined && isOpen(current) };
}
