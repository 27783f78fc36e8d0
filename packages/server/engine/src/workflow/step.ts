import { invariant } from "@perdure/kernel";
import {
  type CallbackProgress,
  type ResetOrigin,
  RunDelta,
  type RunDeltaInit,
  type RunVersioning,
} from "@perdure/proto/perdure/internal/v1";
import type {
  LinkInit,
  PrincipalInit,
  SearchAttributesInit,
} from "@perdure/proto/temporal/api/common/v1";
import { History, type HistoryEventInit } from "@perdure/proto/temporal/api/history/v1";
import type { UserMetadataInit } from "@perdure/proto/temporal/api/sdk/v1";
import { toTimestamp } from "../wire-time.js";
import { setActivity } from "./activity-deadlines.js";
import { applyEvent } from "./apply-event.js";
import { inFlushOrder, wireStartedEvents } from "./buffered-events.js";
import { setCallback } from "./callback-progress.js";
import { claimOffers } from "./claim-offers.js";
import { type EventAttributes, eventTypeOf, isBufferable } from "./event-types.js";
import type { IsQueueOfVersion } from "./inherited-version.js";
import type { NamespaceDirectory } from "./namespace-directory.js";
import type { NamespaceRules } from "./namespace-rules.js";
import { type NexusOperation, setNexusOperation } from "./nexus-operation.js";
import { mergeSearchAttributes } from "./payload-fields.js";
import { withoutMessage } from "./peers.js";
import { setResetOrigin } from "./reset-origin.js";
import type { RunLimits } from "./run-limits.js";
import {
  type Activity,
  type AdmittedUpdate,
  draftOf,
  hasStartedTask,
  isOpen,
  type RunDraft,
  type RunState,
  type WorkflowTask,
} from "./run-state.js";
import { convertSpeculativeTask } from "./speculative-task.js";
import type { TaskDirective } from "./task-directive.js";
import type { TaskProblems } from "./task-problems.js";
import { noticesOfClose, type UpdateNotice } from "./update-notices.js";
import type { StartVersioning } from "./worker-version.js";

/**
 * What a step is given besides the state and the trigger: it reads no clock and draws no number.
 */
export interface StepEnvironment {
  /** Milliseconds since the epoch. */
  readonly nowMs: number;
  readonly newId: () => string;
  readonly limits: RunLimits;
  /** What the run's namespace lays down; absent: nothing. */
  readonly rules?: NamespaceRules | undefined;
  readonly namespaces: NamespaceDirectory;
  /** The Nexus endpoints that workflows may use; absent: there are none. */
  readonly nexusEndpoints?: NexusEndpointDirectory | undefined;
  /**
   * Asks for a poller that waits for this task right now. One that is there takes the task within
   * the same step; it must get it, or be let go, once the step is applied.
   */
  readonly claim?: (offer: TaskOffer) => TaskClaim | undefined;
  /** Whether workflow workers of a version have polled a queue; absent: there are no versions. */
  readonly isQueueOfVersion?: IsQueueOfVersion | undefined;
}

/** What a step must know of Nexus endpoints. */
export interface NexusEndpointDirectory {
  /** ID of the endpoint with this name; `undefined` when there is none. */
  idOf(name: string): string | undefined;
}

/** A poller that waits for work. */
export interface TaskClaim {
  readonly identity: string;
  /** Absent: neither the worker nor the run has a version. */
  readonly versioning?: StartVersioning | undefined;
}

/** Work to be offered to pollers once the step is durable. */
export interface TaskOffer {
  readonly kind: "workflow" | "activity";
  readonly queueName: string;
  /** Where the task goes when nobody polls the (sticky) queue any more; absent otherwise. */
  readonly fallbackQueueName?: string | undefined;
  readonly scheduledEventId: number;
  readonly stamp: number;
  /** 1 (first) to 5 (last). */
  readonly priority: number;
  /** Whether the task is in memory only, and so has no row and waits for no commit. */
  readonly isSpeculative?: boolean | undefined;
  readonly workflowId: string;
  /** What the run's version has to say about its way; `undefined` for a run without versions. */
  readonly directive: TaskDirective | undefined;
}

/** A task that a waiting poller took within the step. */
export interface ClaimedTask {
  readonly offer: TaskOffer;
  readonly claim: TaskClaim;
}

/** What a step appends to the run's log. */
export interface LogRecord {
  readonly firstEventId: number;
  readonly eventCount: number;
  /** Encoded `temporal.api.history.v1.History`; empty when there is no event. */
  readonly events: Uint8Array;
  /** Encoded `perdure.internal.v1.RunDelta`; empty when nothing changed besides events. */
  readonly delta: Uint8Array;
}

/** What a step made of a run. */
export interface RunStep {
  readonly next: RunState;
  /** `undefined` when nothing changed that is stored; `next` may differ in memory all the same. */
  readonly record: LogRecord | undefined;
  /** Tasks that nobody took yet. */
  readonly offers: readonly TaskOffer[];
  readonly claimed: readonly ClaimedTask[];
  /** Events of the step that would have waited if a worker had held the workflow task. */
  readonly lateEventCount: number;
  /** Whether the run's row in lists changed. */
  readonly isListChanged: boolean;
  /** What became of updates, to be told once the step is durable. */
  readonly notices: readonly UpdateNotice[];
}

/** A step of a run together with the run that follows it, if it closed with a successor. */
export interface StepWithSuccessor extends RunStep {
  readonly successor: RunStep | undefined;
}

export interface EventOptions {
  /** Time of the event when it is not the time of the step, milliseconds since the epoch. */
  readonly timeMs?: number;
  readonly userMetadata?: UserMetadataInit | undefined;
  readonly links?: readonly LinkInit[] | undefined;
  readonly principal?: PrincipalInit | undefined;
  readonly workerMayIgnore?: boolean;
}

const NOTHING = new Uint8Array(0);
const NO_NOTICES: readonly UpdateNotice[] = [];

/** First task ID: what clients see as `HistoryEvent.task_id` is this plus the event's ID. */
const TASK_ID_BASE = 1 << 20;

/** Builds one step: records events, notes what else changed, and gathers the work that follows. */
export class Step {
  readonly draft: RunDraft;
  readonly #firstEventId: number;
  readonly #events: HistoryEventInit[] = [];
  readonly #offers: TaskOffer[] = [];
  readonly #dirtyActivities = new Set<number>();
  readonly #dirtyNexusOperations = new Set<number>();
  readonly #dirtyCallbacks = new Map<number, CallbackProgress>();
  #buffered: HistoryEventInit[] = [];
  #signalRequestIds: string[] = [];
  #requestIds = new Map<string, number>();
  #cancelRequestId = "";
  #searchAttributes: SearchAttributesInit | undefined;
  #farewellsDelivered: number[] = [];
  #resetOrigin: ResetOrigin | undefined;
  #resetRunId = "";
  #rejectedUpdates: string[] = [];
  #isTaskDirty = false;
  #isStickyDirty = false;
  #areProblemsDirty = false;
  #isVersioningDirty = false;
  #isFlushed = false;
  #isListChanged = false;
  #lateEventCount = 0;
  /** Whether something changed that is in memory only. */
  #isVolatile = false;
  /** Whether the speculative task was scheduled by this step. */
  #isSpeculativeNew = false;
  #notices = NO_NOTICES;

  constructor(
    readonly run: RunState,
    readonly environment: StepEnvironment,
  ) {
    this.draft = draftOf(run);
    this.#firstEventId = run.nextEventId;
  }

  get nowMs(): number {
    return this.environment.nowMs;
  }

  /** Writes an event to the history and folds it into the draft. Returns its ID. */
  record(attributes: EventAttributes, options: EventOptions = {}): number {
    return this.#append(this.#event(attributes, options));
  }

  /**
   * Records an event that came from outside the workflow: while a worker holds a workflow task it
   * waits, without an ID, until that task ends. Returns the ID, or 0 when it waits.
   */
  recordOrBuffer(attributes: EventAttributes, options: EventOptions = {}): number {
    invariant(isBufferable(attributes.kind), `Events of kind ${attributes.kind} never wait`);
    const event = this.#event(attributes, options);
    if (!hasStartedTask(this.draft)) return this.#append(event);
    this.draft.buffered = this.draft.buffered.push(event);
    this.#buffered.push(event);
    applyEvent(this.draft, event);
    return 0;
  }

  /** Gives the waiting events their IDs, in the order in which they came. */
  flushBuffered(): void {
    if (this.draft.buffered.isEmpty()) return;
    const waiting = this.draft.buffered;
    this.draft.buffered = waiting.clear();
    this.#buffered = [];
    this.#isFlushed = true;
    wireStartedEvents(inFlushOrder(waiting), (event) => this.#append(event));
  }

  /**
   * Takes a timer's fired event out of the waiting ones, because the workflow cancels the timer.
   * Returns the ID of the timer's started event; `undefined` when no such event waits.
   */
  dropBufferedTimer(timerId: string): number | undefined {
    const index = this.draft.buffered.findIndex(
      ({ attributes }) =>
        attributes?.kind === "timerFiredEventAttributes" && attributes.value.timerId === timerId,
    );
    const attributes = this.draft.buffered.get(index)?.attributes;
    if (index < 0 || attributes?.kind !== "timerFiredEventAttributes") return undefined;
    this.#replaceBuffer(this.draft.buffered.delete(index));
    return Number(attributes.value.startedEventId ?? 0n);
  }

  /** Writes the whole list of waiting events into the log anew. */
  #replaceBuffer(buffered: RunState["buffered"]): void {
    this.draft.buffered = buffered;
    this.#buffered = buffered.toArray();
    this.#isFlushed = true;
  }

  setWorkflowTask(task: RunState["workflowTask"]): void {
    this.draft.workflowTask = task;
    this.#isTaskDirty = true;
  }

  /** Schedules a workflow task in memory only, as the last thing that the step does. */
  scheduleSpeculativeTask(task: WorkflowTask): void {
    this.draft.workflowTask = { ...task, isSpeculative: true };
    this.#isSpeculativeNew = true;
    this.#isVolatile = true;
  }

  /** Changes the pending speculative task, or forgets it. */
  setSpeculativeTask(task: WorkflowTask | undefined): void {
    this.draft.workflowTask = task;
    this.#isVolatile = true;
  }

  /** Changes the updates that wait for the workflow's answer. */
  setAdmittedUpdates(admitted: RunState["admittedUpdates"]): void {
    this.draft.admittedUpdates = admitted;
    this.#isVolatile = true;
  }

  /** Forgets an update that the workflow has rejected, or that is given up. */
  rejectAdmittedUpdate(updateId: string): void {
    const isByEvent = this.draft.admittedUpdates.get(updateId)?.isByEvent === true;
    if (isByEvent) this.#rejectedUpdates.push(updateId);
    this.setAdmittedUpdates(this.draft.admittedUpdates.delete(updateId));
  }

  /**
   * Forgets an update whose answer was lost; one that an event admitted waits on. Returns whether
   * it is forgotten.
   */
  loseAdmittedUpdate(updateId: string): boolean {
    const update = this.draft.admittedUpdates.get(updateId);
    if (update?.isByEvent === true) {
      this.putAdmittedUpdate(updateId, { ...update, sentEventId: 0 });
      return false;
    }
    this.setAdmittedUpdates(this.draft.admittedUpdates.delete(updateId));
    return true;
  }

  putAdmittedUpdate(updateId: string, update: AdmittedUpdate): void {
    this.setAdmittedUpdates(this.draft.admittedUpdates.set(updateId, update));
  }

  /** Tells those who wait for an update what became of it. */
  tell(notice: UpdateNotice): void {
    this.#notices = [...this.#notices, notice];
  }

  setTaskProblems(taskProblems: TaskProblems): void {
    this.draft.uncommon = { ...this.draft.uncommon, taskProblems };
    this.#areProblemsDirty = true;
  }

  /**
   * Changes what is known of the run's version besides what events tell.
   *
   * @param isStored - Whether it survives the process; not so for a task in memory only.
   */
  setVersioning(versioning: RunVersioning, isStored = true): void {
    this.draft.uncommon = { ...this.draft.uncommon, versioning };
    if (isStored) this.#isVersioningDirty = true;
    else this.#isVolatile = true;
  }

  setSticky(sticky: RunState["sticky"]): void {
    if (sticky === undefined && this.draft.sticky === undefined) return;
    this.draft.sticky = sticky;
    this.#isStickyDirty = true;
  }

  putActivity(activity: Activity): void {
    setActivity(this.draft, activity);
    this.#dirtyActivities.add(activity.scheduledEventId);
  }

  putNexusOperation(operation: NexusOperation): void {
    setNexusOperation(this.draft, operation);
    this.#dirtyNexusOperations.add(operation.scheduledEventId);
  }

  putCallback(progress: CallbackProgress): void {
    setCallback(this.draft, progress);
    this.#dirtyCallbacks.set(progress.index, progress);
  }

  /** Remembers a signal's request ID, so that a repeated request changes nothing. */
  addSignalRequestId(requestId: string): void {
    this.draft.signalRequestIds = this.draft.signalRequestIds.add(requestId);
    this.#signalRequestIds.push(requestId);
  }

  /** Remembers which event a request ID stands for. */
  addRequestId(requestId: string, eventId: number): void {
    this.draft.requestIds = this.draft.requestIds.set(requestId, eventId);
    this.#requestIds.set(requestId, eventId);
  }

  /** Notes that a message of the closed run was delivered, or has nobody to go to. */
  dropFarewell(key: number): void {
    this.draft.peers = withoutMessage(this.draft.peers, key);
    this.#farewellsDelivered.push(key);
  }

  /** Notes that the run was made by a reset. */
  setOrigin(origin: ResetOrigin): void {
    setResetOrigin(this.draft, origin);
    this.#resetOrigin = origin;
  }

  /** Notes the run that a reset of this one makes. */
  setResetRunId(runId: string): void {
    this.draft.uncommon = { ...this.draft.uncommon, resetRunId: runId };
    this.#resetRunId = runId;
  }

  /** Remembers who asked first to cancel the run. */
  setCancelRequestId(requestId: string): void {
    this.draft.cancelRequestId = requestId;
    this.#cancelRequestId = requestId;
  }

  /** Sets search attributes that no event tells of; an empty one is removed. */
  setSearchAttributes(changes: SearchAttributesInit): void {
    this.draft.searchAttributes = mergeSearchAttributes(this.draft.searchAttributes, changes);
    const fields = [
      ...(this.#searchAttributes?.indexedFields ?? []),
      ...(changes.indexedFields ?? []),
    ];
    this.#searchAttributes = { indexedFields: new Map(fields) };
    this.changeList();
  }

  offer(offer: TaskOffer): void {
    this.#offers.push(offer);
  }

  /** Tells that the run's row in lists must be written. */
  changeList(): void {
    this.#isListChanged = true;
  }

  /** Offers made so far; those that a waiting poller takes are claimed by `claimOffers`. */
  get offers(): readonly TaskOffer[] {
    return this.#offers;
  }

  /** Ends the step, after waiting pollers were given what they wait for. */
  finish(): RunStep {
    if (isOpen(this.run) && !isOpen(this.draft)) {
      for (const notice of noticesOfClose(this.draft)) this.tell(notice);
    }
    this.#settleSpeculativeTask();
    const claimed = claimOffers(this);
    const offers = this.#offers.filter((offer) => !claimed.some((task) => task.offer === offer));
    const delta = this.#delta();
    const eventCount = this.#events.length;
    if (eventCount === 0 && delta === undefined) {
      const next = this.#isVolatile ? this.draft : this.run;
      const notices = this.#notices;
      const unchanged = { record: undefined, lateEventCount: 0, isListChanged: false };
      return { next, offers, claimed, notices, ...unchanged };
    }
    const events = eventCount === 0 ? NOTHING : History.encode({ events: this.#events });
    this.draft.historySizeBytes += events.length;
    this.draft.transitionCount += 1;
    const record = {
      firstEventId: this.#firstEventId,
      eventCount,
      events,
      delta: delta === undefined ? NOTHING : RunDelta.encode(delta),
    };
    return {
      next: this.draft,
      record,
      offers,
      claimed,
      lateEventCount: this.#lateEventCount,
      isListChanged: this.#isListChanged,
      notices: this.#notices,
    };
  }

  /** A task in memory only can't be pending beside stored changes that came after it. */
  #settleSpeculativeTask(): void {
    if (this.draft.workflowTask?.isSpeculative !== true || this.#isSpeculativeNew) return;
    if (this.#delta() !== undefined) convertSpeculativeTask(this);
  }

  #event(attributes: EventAttributes, options: EventOptions): HistoryEventInit {
    return {
      eventTime: toTimestamp(options.timeMs ?? this.nowMs),
      eventType: eventTypeOf(attributes),
      attributes,
      userMetadata: options.userMetadata,
      links: options.links,
      principal: options.principal,
      workerMayIgnore: options.workerMayIgnore,
    };
  }

  #append(event: HistoryEventInit): number {
    if (this.draft.workflowTask?.isSpeculative === true) convertSpeculativeTask(this);
    const eventId = this.draft.nextEventId;
    if (event.attributes !== undefined && isBufferable(event.attributes.kind)) {
      this.#lateEventCount += 1;
    }
    const numberedEvent = numbered(event, eventId);
    // Encoded together at the end: one by one, each would need memory of its own.
    this.#events.push(numberedEvent);
    this.draft.nextEventId = eventId + 1;
    applyEvent(this.draft, numberedEvent);
    return eventId;
  }

  /** Whether something changed that no event tells, besides activities. */
  get #isDeltaNeeded(): boolean {
    return (
      this.#isTaskDirty ||
      this.#isStickyDirty ||
      this.#areProblemsDirty ||
      this.#isVersioningDirty ||
      this.#isFlushed ||
      this.#dirtyNexusOperations.size > 0 ||
      this.#dirtyCallbacks.size > 0 ||
      this.#buffered.length > 0 ||
      this.#signalRequestIds.length > 0 ||
      this.#requestIds.size > 0 ||
      this.#farewellsDelivered.length > 0 ||
      this.#searchAttributes !== undefined ||
      this.#resetOrigin !== undefined ||
      this.#resetRunId !== "" ||
      this.#rejectedUpdates.length > 0 ||
      this.#cancelRequestId !== ""
    );
  }

  #delta(): RunDeltaInit | undefined {
    const activities = this.#changedActivities();
    if (activities.length === 0 && !this.#isDeltaNeeded) return undefined;
    return {
      versioning: this.#isVersioningDirty ? this.draft.uncommon.versioning : undefined,
      workflowTask: this.#isTaskDirty ? this.#storedTask() : undefined,
      sticky: this.#isStickyDirty ? (this.draft.sticky ?? {}) : undefined,
      activities,
      buffered: this.#buffered,
      bufferFlushed: this.#isFlushed,
      signalRequestIds: this.#signalRequestIds,
      requestIds: this.#requestIds,
      cancelRequestId: this.#cancelRequestId,
      farewellsDelivered: this.#farewellsDelivered,
      searchAttributes: this.#searchAttributes,
      problems: this.#areProblemsDirty ? this.draft.uncommon.taskProblems : undefined,
      resetOrigin: this.#resetOrigin,
      resetRunId: this.#resetRunId,
      rejectedUpdates: this.#rejectedUpdates,
      nexusOperations: this.#changedNexusOperations(),
      callbacks: [...this.#dirtyCallbacks.values()],
    };
  }

  #storedTask(): RunDeltaInit["workflowTask"] {
    const task = this.draft.workflowTask;
    return task === undefined || task.isSpeculative === true ? {} : task;
  }

  #changedNexusOperations(): RunDeltaInit["nexusOperations"] & {} {
    const { nexusOperations } = this.draft.uncommon;
    return [...this.#dirtyNexusOperations].flatMap(
      (scheduledEventId) => nexusOperations.get(scheduledEventId)?.progress ?? [],
    );
  }

  #changedActivities(): RunDeltaInit["activities"] & {} {
    if (this.#dirtyActivities.size === 0) return [];
    return [...this.#dirtyActivities].flatMap((scheduledEventId) => {
      const { activities, uncommon } = this.draft;
      const activity = (uncommon.leftover?.activities ?? activities).get(scheduledEventId);
      return activity === undefined ? [] : [activity.progress];
    });
  }
}

/**
 * The event with its IDs. Every field is named, so that all events have one shape and their encoder
 * stays fast.
 */
function numbered(event: HistoryEventInit, eventId: number): HistoryEventInit {
  return {
    eventId: BigInt(eventId),
    eventTime: event.eventTime,
    eventType: event.eventType,
    version: event.version,
    taskId: BigInt(TASK_ID_BASE + eventId),
    attributes: event.attributes,
    workerMayIgnore: event.workerMayIgnore,
    userMetadata: event.userMetadata,
    links: event.links,
    principal: event.principal,
    eventGroupMarkers: event.eventGroupMarkers,
    $unknown: event.$unknown,
  } satisfies Record<keyof HistoryEventInit, unknown>;
}
