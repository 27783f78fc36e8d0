import {
  isOpen,
  type LogRecord,
  type NamespaceDirectory,
  type NamespaceRules,
  type NexusEndpointDirectory,
  offerOf,
  type RunLimits,
  type RunState,
  type RunStep,
  type StepEnvironment,
  type StepWithSuccessor,
  type TaskClaim,
  type TaskOffer,
  terminateRun,
  wakeRun,
} from "@perdure/engine";
import {
  type Clock,
  DomainError,
  InvalidArgumentError,
  type Logger,
  type Random,
  uuidV7,
} from "@perdure/kernel";
import {
  EntityKind,
  type QueueKey,
  type Store,
  type StoreWrite,
  type TaskRow,
} from "@perdure/persistence";
import { CircuitBreakers } from "./circuit-breakers.js";
import type { Dispatcher } from "./dispatch.js";
import type { CommitTicket, GroupCommitter } from "./group-committer.js";
import { exceededHistoryLimit } from "./history-limits.js";
import { LoadedRun } from "./loaded-run.js";
import { Messenger, type SendLater } from "./messenger.js";
import { moveTask } from "./move-task.js";
import { queueOfOffer, startVersioning } from "./offer-queue.js";
import { OutboundCaller, type OutboundCalls } from "./outbound-caller.js";
import { hasMessages, hasOutbound } from "./outbox.js";
import { PollerClaim, releaseClaims } from "./poller-claim.js";
import type { TaskRouter } from "./routing/task-router.js";
import { isSameVersion } from "./routing/versioned-queue.js";
import { insertWrites, stepWrites, wakeOf } from "./run-writes.js";
import type { StoreNumbers } from "./store-numbers.js";
import { deliverClaimed, startSpeculativeTask } from "./task-dispatch.js";
import { isBusy, isSticky, isTaskOver } from "./task-facts.js";
import { type WakeEntry, WakeQueue } from "./wake-queue.js";
import { WakeScanner } from "./wake-scanner.js";
import type { Waker, Wakers, WakeTarget } from "./waker.js";
import type { WorkflowSlot } from "./workflow-slot.js";
import { WorkflowSlots } from "./workflow-slots.js";

/** What the host is built from. */
export interface HostDeps {
  readonly store: Store;
  readonly committer: GroupCommitter;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly numbers: StoreNumbers;
  readonly limits: RunLimits;
  /** Limits of a namespace, by its ID; absent: all have the same ones. */
  readonly limitsOf?: (namespaceId: string) => RunLimits;
  /** What namespaces lay down for their runs; absent: nothing. */
  readonly rules?: NamespaceRules;
  readonly namespaces: NamespaceDirectory;
  /** Knows the versions of workers; absent: there are none. */
  readonly router?: TaskRouter;
  /** Absent: there are no Nexus endpoints. */
  readonly nexusEndpoints?: NexusEndpointDirectory;
  /** Most workflow IDs kept in memory while nothing happens to them. */
  readonly maxIdleSlots: number;
  /** Log entries after which a run gets a snapshot, unless its state is large beside them. */
  readonly snapshotEntries: number;
}

/** Stands for the commit of a step that stores nothing, on a run of which everything is stored. */
const NOTHING_TO_STORE: CommitTicket = { durable: Promise.resolve() };

/** What else is part of the commit that makes a run. */
export interface CreateOptions {
  /** Steps of other runs of the workflow ID, in this order. */
  readonly changes?: readonly { readonly run: LoadedRun; readonly step: RunStep }[];
  /** What the new run's log begins with: the history of the run that it was reset from. */
  readonly history?: readonly LogRecord[] | undefined;
}

/** What a committed step gives its caller. */
export interface AppliedStep {
  readonly run: LoadedRun;
  readonly ticket: CommitTicket | undefined;
}

/** Hosts workflows: loads their runs, steps them, commits the steps and releases what follows. */
export class WorkflowHost {
  readonly deps: HostDeps;
  readonly #slots: WorkflowSlots;
  readonly #wakeQueue: WakeQueue;
  readonly #messenger: Messenger;
  #outbound: OutboundCaller | undefined;
  /** Destinations of calls that are down. */
  readonly breakers: CircuitBreakers;
  #dispatcher: Dispatcher | undefined;
  #wakeScanner: WakeScanner | undefined;
  #closeListener: ((run: RunState) => void) | undefined;
  #isStopped = false;

  constructor(deps: HostDeps) {
    this.deps = deps;
    this.#slots = new WorkflowSlots(deps);
    this.#wakeQueue = new WakeQueue(deps.clock);
    this.breakers = new CircuitBreakers(deps.clock);
    this.#messenger = new Messenger(this, this.#sendLater);
  }

  get #sendLater(): SendLater {
    return {
      wakeLater: (target) => void this.#addWake(target),
      isStopped: () => this.#isStopped,
    };
  }

  /** Connects what makes the calls that runs want; without it they wait. */
  connectCalls(calls: OutboundCalls): void {
    const { breakers } = this;
    this.#outbound = new OutboundCaller(this, { calls, breakers, later: this.#sendLater });
  }

  /** What wakes the runs that are not in memory. */
  get #waker(): Waker {
    return {
      isArmed: (target) => this.#isArmed(target),
      wakeLater: (target) => void this.#addWake(target),
      wakeNow: (target) => this.#wakeStored(target),
    };
  }

  /** Connects matching and begins to wake runs, those of other kinds of entities too. */
  start(dispatcher: Dispatcher, others: Wakers = new Map()): void {
    this.#dispatcher = dispatcher;
    this.deps.committer.onFailure(() => dispatcher.recheck());
    const wakers: Wakers = new Map([[EntityKind.WORKFLOW, this.#waker], ...others]);
    this.#wakeScanner = new WakeScanner({ ...this.deps, wakers });
    this.#wakeScanner.start();
  }

  /** Takes no further wake-ups and waits until every step is stored. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wakeQueue.stop();
    await this.#wakeScanner?.stop();
    await this.deps.committer.drain();
  }

  /** Calls back with every run whose end has become durable. */
  onRunClosed(listener: (run: RunState) => void): void {
    this.#closeListener = listener;
  }

  get dispatcher(): Dispatcher | undefined {
    return this.#dispatcher;
  }

  /** The slot of a workflow ID; it becomes the most recently used. */
  slot(namespaceId: string, workflowId: string): WorkflowSlot {
    return this.#slots.slot(namespaceId, workflowId);
  }

  /** The run as it is in memory, if it is; it may be ahead of the store. */
  peekRun(target: {
    readonly namespaceId: string;
    readonly workflowId: string;
    readonly runId: string;
  }): LoadedRun | undefined {
    return this.#slots.peek(target.namespaceId, target.workflowId)?.runs.get(target.runId);
  }

  /**
   * What a step is given. Pollers that wait are offered tasks within the step itself, unless
   * `claim` says otherwise.
   */
  environment(namespaceId: string, claim?: StepEnvironment["claim"]): StepEnvironment {
    const { clock, rules, namespaces, nexusEndpoints } = this.deps;
    const nowMs = clock.nowMs();
    return {
      nowMs,
      limits: this.limitsOf(namespaceId),
      rules,
      namespaces,
      nexusEndpoints,
      newId: () => this.newId(),
      claim: claim ?? ((offer) => this.#claim(namespaceId, offer)),
      isQueueOfVersion: this.deps.router?.membership(namespaceId),
    };
  }

  /** Workflow IDs in memory. */
  get slotCount(): number {
    return this.#slots.size;
  }

  /** `undefined` when there is no namespace with this ID. */
  namespaceName(namespaceId: string): string | undefined {
    return this.deps.namespaces.nameOf(namespaceId);
  }

  /** What holds for the runs of a namespace. */
  limitsOf(namespaceId: string): RunLimits {
    return this.deps.limitsOf?.(namespaceId) ?? this.deps.limits;
  }

  newId(): string {
    return uuidV7(this.deps.clock.nowMs(), this.deps.random);
  }

  /**
   * Runs a step; a bug in it drops the workflow from memory, so that it is loaded as it is stored.
   */
  attempt<T>(slot: WorkflowSlot, make: () => T): T {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof DomainError)) slot.discard();
      throw error;
    }
  }

  /**
   * Applies a step of a run that is in memory, with the run that follows it, in one commit.
   *
   * @throws {InvalidArgumentError} The history would be longer than it may: the run is terminated
   *   instead, and what the step would have done did not happen.
   */
  apply(slot: WorkflowSlot, run: LoadedRun, step: RunStep | StepWithSuccessor): AppliedStep {
    const reason = exceededHistoryLimit(run, step, this.limitsOf(run.state.namespaceId));
    if (reason !== undefined && isOpen(run.state)) this.#cutShort(slot, run, { step, reason });
    const successor = "successor" in step ? step.successor : undefined;
    const isUnchanged = step.next === run.state;
    const writes = this.#advance(run, step);
    let created: LoadedRun | undefined;
    if (successor !== undefined) {
      // An open run is the current one, also when it was loaded by its run ID.
      const made = this.#create(slot, successor, { previous: run });
      created = made.run;
      writes.push(...made.writes);
    }
    if (writes.length === 0) {
      if (isUnchanged) releaseClaims(step);
      else this.#followInMemory(slot, run, step);
      return { run, ticket: run.lastTicket };
    }
    const ticket = this.deps.committer.add(writes, slot);
    this.#follow(slot, run, { step, ticket });
    if (created !== undefined && successor !== undefined) {
      this.#follow(slot, created, { step: successor, ticket });
    }
    return { run, ticket };
  }

  /** Terminates a run in place of a step that would make its history too long. */
  #cutShort(
    slot: WorkflowSlot,
    run: LoadedRun,
    refused: { readonly step: RunStep; readonly reason: string },
  ): never {
    const { step, reason } = refused;
    releaseClaims(step);
    const { workflowId, runId } = run.state;
    this.deps.logger.log("warn", "A run is terminated", { workflowId, runId, reason });
    const terminate = { reason, details: undefined, identity: "history-service" };
    const environment = this.environment(slot.key.namespaceId);
    this.apply(slot, run, terminateRun(run.state, terminate, environment));
    throw new InvalidArgumentError(reason);
  }

  /** Makes a new run current, with what else is part of the same commit. */
  create(slot: WorkflowSlot, step: RunStep, options: CreateOptions = {}): AppliedStep {
    const { changes = [], history } = options;
    const writes = changes.flatMap((change) => this.#advance(change.run, change.step));
    const made = this.#create(slot, step, { previous: slot.peekCurrent()?.run, history });
    writes.push(...made.writes);
    const ticket = this.deps.committer.add(writes, slot);
    for (const change of changes) this.#follow(slot, change.run, { step: change.step, ticket });
    this.#follow(slot, made.run, { step, ticket });
    return { run: made.run, ticket };
  }

  #advance(run: LoadedRun, step: RunStep): StoreWrite[] {
    // A task that ended otherwise than by trying to close tells nothing of the workflow's plans.
    if (run.isClosing && isTaskOver(run.state, step.next)) run.isClosing = false;
    if (step.record === undefined) {
      run.state = step.next;
      return [];
    }
    run.advance(step.next, step.record);
    const { limits, snapshotEntries } = this.deps;
    const wakeAtMs = wakeOf(run.state, limits);
    const writes = stepWrites(run, step, { wakeAtMs, snapshotEntries });
    this.#writeOffers(run, step, writes);
    return writes;
  }

  #writeOffers(run: LoadedRun, step: RunStep, writes: StoreWrite[]): void {
    for (const offer of step.offers) {
      if (offer.isSpeculative === true) continue;
      const task = this.#taskRow(run.state, offer);
      this.#offered.set(offer, task);
      writes.push({ kind: "insertTask", task });
    }
  }

  #create(
    slot: WorkflowSlot,
    step: RunStep,
    options: { readonly previous: LoadedRun | undefined } & Pick<CreateOptions, "history">,
  ): { readonly run: LoadedRun; readonly writes: StoreWrite[] } {
    const { previous, history = [] } = options;
    const runNo = this.deps.numbers.takeRunNo();
    const run = new LoadedRun({
      runNo,
      state: step.next,
      seq: history.length,
      storedWakeMs: undefined,
      isCurrent: true,
      cachedFromEventId: step.record?.firstEventId ?? 1,
    });
    for (const record of history) run.noteEntry(record);
    const writes: StoreWrite[] = [];
    if (previous !== undefined) {
      previous.isCurrent = false;
      writes.push({ kind: "updateRun", runNo: previous.runNo, isCurrent: false });
    }
    if (step.record !== undefined) run.advance(step.next, step.record);
    const wakeAtMs = wakeOf(run.state, this.deps.limits);
    writes.push(...insertWrites(run, slot.key, { step, wakeAtMs, history }));
    this.#writeOffers(run, step, writes);
    slot.setCurrent(run);
    return { run, writes };
  }

  /**
   * Deletes a closed run with its log and its row in lists. Tasks of it that still wait are stale,
   * and go when a poller would get them.
   */
  remove(
    slot: WorkflowSlot,
    run: { readonly runId: string; readonly runNo: number },
  ): CommitTicket {
    const { namespaceId } = slot.key;
    const { runId, runNo } = run;
    const writes: StoreWrite[] = [
      { kind: "deleteRun", runNo },
      { kind: "removeVisibility", namespaceId, runId },
    ];
    const ticket = this.deps.committer.add(writes, slot);
    slot.remove(runId, ticket);
    return ticket;
  }

  readonly #offered = new WeakMap<TaskOffer, TaskRow>();

  /** Releases what a step holds back: some at once, some when it is durable. */
  #follow(
    slot: WorkflowSlot,
    run: LoadedRun,
    committed: { readonly step: RunStep; readonly ticket: CommitTicket },
  ): void {
    const { step, ticket } = committed;
    run.lastTicket = ticket;
    this.#releaseNow(slot, run, { step, ticket });
    ticket.durable.then(
      () => this.#onDurable(slot, run, { step, ticket }),
      () => this.#messenger.sendLater(run),
    );
  }

  /** As `#follow`, for a step that changed nothing that is stored. */
  #followInMemory(slot: WorkflowSlot, run: LoadedRun, step: RunStep): void {
    const ticket = run.lastTicket ?? NOTHING_TO_STORE;
    this.#releaseNow(slot, run, { step, ticket });
    if (step.notices.length === 0) return;
    ticket.durable.then(
      () => run.updates?.tell(step.notices),
      () => undefined,
    );
  }

  /** Releases what does not wait for the commit. */
  #releaseNow(
    slot: WorkflowSlot,
    run: LoadedRun,
    released: { readonly step: RunStep; readonly ticket: CommitTicket },
  ): void {
    const { step, ticket } = released;
    this.deps.clock.skipping?.note(run.runId, isBusy(run.state));
    this.#arm(slot, run);
    if (!isOpen(run.state)) run.queries?.unblock();
    for (const { offer, claim } of step.claimed) {
      if (!(claim instanceof PollerClaim)) continue;
      const knowsRun = isSticky(offer, claim.queueName);
      deliverClaimed(this, run, { offer, poller: claim.poller, ticket, knowsRun });
    }
    if (run.takeBackOffer !== undefined) {
      run.takeBackOffer();
      run.takeBackOffer = undefined;
    }
    const task = run.state.workflowTask;
    if (task?.isSpeculative === true && task.startedEventId === 0) {
      this.#offerInMemory(run, offerOf(run.state, task));
    }
  }

  /** Offers the speculative task of a run, which has no row. */
  #offerInMemory(run: LoadedRun, offer: TaskOffer): void {
    const queue = this.#queueOf(run.state.namespaceId, offer);
    const knowsRun = isSticky(offer, queue.name);
    run.takeBackOffer = this.#dispatcher?.offerTransient(queue, {
      start: (poller) => startSpeculativeTask(this, run, { offer, poller, knowsRun }),
    });
  }

  #onDurable(
    slot: WorkflowSlot,
    run: LoadedRun,
    committed: { readonly step: RunStep; readonly ticket: CommitTicket },
  ): void {
    const { step, ticket } = committed;
    run.settle(ticket);
    run.durableState = step.next;
    if (step.notices.length > 0) run.updates?.tell(step.notices);
    for (const offer of step.offers) {
      const task = this.#offered.get(offer);
      if (task !== undefined) this.#dispatcher?.offer(task);
    }
    run.notify();
    if (hasMessages(run.state)) this.#messenger.send(slot, run);
    this.#outbound?.send(slot, run);
    if (isOpen(step.next)) return;
    this.#slots.retire(slot);
    this.#closeListener?.(step.next);
  }

  #claim(namespaceId: string, offer: TaskOffer): TaskClaim | undefined {
    const queue = this.#queueOf(namespaceId, offer);
    const poller = this.#dispatcher?.takePoller(queue);
    if (poller === undefined) return undefined;
    // An activity that another version gets may have to wait for its workflow to move there.
    const isElsewhere = !isSameVersion(poller.info.version, offer.directive?.version);
    if (offer.kind === "activity" && isElsewhere) {
      poller.release();
      return undefined;
    }
    const { router } = this.deps;
    const versioning = startVersioning(namespaceId, offer, { poller: poller.info, router });
    return new PollerClaim(poller, queue.name, versioning);
  }

  #queueOf(namespaceId: string, offer: TaskOffer): QueueKey {
    return queueOfOffer(namespaceId, offer, {
      dispatcher: this.#dispatcher,
      router: this.deps.router,
    });
  }

  /** Puts a task that waits into another queue. */
  moveTask(task: TaskRow, target: QueueKey): void {
    moveTask(this.deps, task, target).then(
      (moved) => this.#dispatcher?.offer(moved),
      // What could not be written is found again where it was.
      () => undefined,
    );
  }

  #taskRow(state: RunState, offer: TaskOffer): TaskRow {
    const { namespaceId, workflowId, runId } = state;
    return {
      queue: this.#queueOf(namespaceId, offer),
      taskId: this.deps.numbers.takeTaskId(),
      priority: offer.priority,
      key: { kind: EntityKind.WORKFLOW, namespaceId, businessId: workflowId },
      runId,
      scheduledEventId: offer.scheduledEventId,
      stamp: offer.stamp,
      createdAtMs: this.deps.clock.nowMs(),
    };
  }

  #arm(slot: WorkflowSlot, run: LoadedRun): void {
    const wakeAtMs = wakeOf(run.state, this.deps.limits);
    if (wakeAtMs === undefined || this.#isStopped) {
      run.disarm();
      return;
    }
    if (run.armed !== undefined && run.armed.atMs <= wakeAtMs) return;
    run.disarm();
    const { namespaceId, businessId } = slot.key;
    const target = { namespaceId, businessId, runId: run.state.runId, atMs: wakeAtMs };
    if (!isOpen(run.state)) {
      // A closed run leaves memory soon; its next attempt to deliver a callback must not wait.
      this.#addWake(target);
      return;
    }
    run.armed = this.#addWake(target);
  }

  #addWake(wake: WakeTarget): WakeEntry {
    return this.#wakeQueue.add(wake.atMs, () => {
      this.#wake(wake).catch((error: unknown) => this.#wakeAgain(wake, error));
    });
  }

  #wakeAgain(wake: WakeTarget, error: unknown): void {
    const fields = { error, workflowId: wake.businessId, runId: wake.runId };
    this.deps.logger.log("error", "A run could not be woken; it is tried again", fields);
    const atMs = this.deps.clock.nowMs() + WAKE_RETRY_MS;
    if (!this.#isStopped) this.#addWake({ ...wake, atMs });
  }

  /** Wakes a run and waits until that is stored. Returns whether it is. */
  async #wakeStored(wake: WakeTarget): Promise<boolean> {
    try {
      const ticket = await this.#wake(wake);
      await ticket?.durable;
      return true;
    } catch (error) {
      this.#wakeAgain(wake, error);
      return false;
    }
  }

  #isArmed(wake: WakeTarget): boolean {
    const { namespaceId, businessId: workflowId, runId } = wake;
    const armed = this.peekRun({ namespaceId, workflowId, runId })?.armed;
    // One that is armed for later has a stored wake-up to be corrected.
    return armed !== undefined && armed.atMs <= wake.atMs;
  }

  /** Returns the last commit of the run that is under way. */
  async #wake(wake: WakeTarget): Promise<CommitTicket | undefined> {
    const release = this.deps.clock.skipping?.hold();
    try {
      return await this.#wakeRun(wake);
    } finally {
      release?.();
    }
  }

  async #wakeRun(wake: WakeTarget): Promise<CommitTicket | undefined> {
    if (this.#isStopped) return undefined;
    const slot = this.slot(wake.namespaceId, wake.businessId);
    let run: LoadedRun;
    try {
      run = await slot.run(wake.runId);
    } catch (error) {
      // The run was deleted meanwhile: there is nothing to wake.
      if (error instanceof DomainError && error.code === "NOT_FOUND") return undefined;
      throw error;
    }
    if (run.armed !== undefined && run.armed.atMs <= wake.atMs) run.armed = undefined;
    if (run.lastTicket === undefined) {
      if (hasMessages(run.state)) this.#messenger.send(slot, run);
      this.#outbound?.send(slot, run);
    }
    if (!isOpen(run.state) && wakeOf(run.state, this.deps.limits) === undefined) {
      return run.lastTicket;
    }
    const step = wakeRun(run.state, this.environment(wake.namespaceId));
    this.apply(slot, run, step);
    this.#correctStoredWake(slot, run);
    this.#arm(slot, run);
    return run.lastTicket;
  }

  /** Moves a stored wake-up that has passed to the next one, so that it is not found again. */
  #correctStoredWake(slot: WorkflowSlot, run: LoadedRun): void {
    if (!isOpen(run.state) || run.storedWakeMs === undefined) return;
    if (hasOutbound(run.state)) return;
    if (run.storedWakeMs > this.deps.clock.nowMs()) return;
    const wakeAtMs = wakeOf(run.state, this.deps.limits);
    run.storedWakeMs = wakeAtMs;
    const write = { kind: "updateRun", runNo: run.runNo, wakeAtMs: wakeAtMs ?? null } as const;
    const ticket = this.deps.committer.add([write], slot);
    // Until it is stored the run stays in memory: one loaded meanwhile would know the old wake-up.
    run.lastTicket = ticket;
    ticket.durable.then(
      () => run.settle(ticket),
      () => undefined,
    );
  }
}

/** How long a run whose wake-up failed is left alone. */
const WAKE_RETRY_MS = 1000;
