import { DEFAULT_RUN_LIMITS, type RunState } from "@perdure/engine";
import {
  type CallContext,
  EncodedResponse,
  scheduleHandlers,
  startPreparer,
  workflowHandlers,
} from "@perdure/frontend";
import { type Logger, NamespaceNotFoundError, StoreUnavailableError } from "@perdure/kernel";
import { Matching } from "@perdure/matching";
import { MemoryStore } from "@perdure/persistence";
import { WorkflowIdReusePolicy } from "@perdure/proto/temporal/api/enums/v1";
import { WorkflowService as WorkflowServiceDescriptor } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  ActivityOperations,
  DeploymentDirectory,
  Deployments,
  GroupCommitter,
  type HostDeps,
  HostedKinds,
  NexusTasks,
  QueryService,
  RunControlService,
  Schedules,
  StoreNumbers,
  TaskRouter,
  UpdateService,
  UpdateWithStartService,
  WorkflowHost,
  WorkflowService,
} from "@perdure/runtime";
import { disturbCommits } from "./disturb-commits.js";
import { isExpected, type World } from "./world.js";

/** The namespace that every simulation uses. */
export const NAMESPACE = {
  id: "11111111-1111-4111-8111-111111111111",
  name: "default",
  schema: { namespaceName: "default", customTypes: new Map() },
};

const NAMESPACES = {
  idOf: (name: string) => (name === NAMESPACE.name ? NAMESPACE.id : undefined),
  nameOf: (id: string) => (id === NAMESPACE.id ? NAMESPACE.name : undefined),
};

/** The methods of `WorkflowService` that the simulation calls. */
export type MethodName = keyof typeof WorkflowServiceDescriptor.methods & string;

/**
 * Methods whose repetition is another piece of work, so that the network does not repeat them. A
 * late copy of a pause would last for ever.
 */
const NEVER_REPEATED = /^(Poll|Query|Get|Describe|ResetWorkflow|Pause|Unpause)/;

/** A late copy of a start is a start of its own when the workflow ID may be used again. */
function mayRepeat(name: MethodName, request: object): boolean {
  if (NEVER_REPEATED.test(name)) return false;
  if (!("workflowIdReusePolicy" in request)) return true;
  return request.workflowIdReusePolicy === WorkflowIdReusePolicy.REJECT_DUPLICATE;
}

function hostDeps(world: World, store: MemoryStore, logger: Logger): Omit<HostDeps, "numbers"> {
  const { clock, random, plan } = world;
  const committer = new GroupCommitter(store, logger);
  const limits = { ...DEFAULT_RUN_LIMITS, isWorkflowPauseEnabled: true };
  const { maxIdleSlots, snapshotEntries } = plan;
  const sizes = { maxIdleSlots, snapshotEntries };
  return { store, committer, clock, random, logger, limits, namespaces: NAMESPACES, ...sizes };
}

/** Latest time at which the second copy of a request arrives, milliseconds. */
const DUPLICATE_DELAY_MS_MAX = 4_000;

/**
 * The real server from the frontend's handlers to the store, on virtual time and a simulated
 * disk. The network is simulated too: it loses answers and delivers requests twice.
 */
export class SimulatedServer {
  readonly #world: World;
  readonly #store: MemoryStore;
  readonly #matching: Matching;
  readonly #host: WorkflowHost;
  readonly #handlers: ReturnType<typeof workflowHandlers>;
  readonly #pending = new Set<(error: Error) => void>();
  #isUp = true;

  private constructor(
    world: World,
    logger: Logger,
    opened: {
      readonly store: MemoryStore;
      readonly facts: Awaited<ReturnType<MemoryStore["facts"]>>;
    },
  ) {
    const { store, facts } = opened;
    this.#world = world;
    this.#store = store;
    const deps = { ...hostDeps(world, store, logger), numbers: new StoreNumbers(facts) };
    const { clock, random, limits } = deps;
    const directory = new DeploymentDirectory();
    const router = new TaskRouter(directory, clock);
    const host = new WorkflowHost({ ...deps, router });
    this.#host = host;
    const deployments = new Deployments(deps, { host, directory, router, limits });
    const workflows = new WorkflowService(host);
    const namespaces = { ...NAMESPACES, resolve: resolveNamespace };
    const shared = { namespaces, store, clock, random, limits, deployments };
    const prepareStart = startPreparer(shared);
    const schedules = new Schedules(deps, { host, workflows, prepareStart });
    this.#matching = this.#startMatching(host, deployments, schedules);
    const updates = new UpdateService(host);
    const ofWorkflows = workflowHandlers({
      workflows,
      activityOperations: new ActivityOperations(host),
      queries: new QueryService(host),
      control: new RunControlService(host),
      updates,
      nexus: { tasks: new NexusTasks(host) },
      updateWithStart: new UpdateWithStartService(host, workflows, updates),
      poll: (question) => this.#matching.poll(question),
      recentPollers: (queue) => this.#matching.recentPollers(queue),
      forgetPollers: (queue) => this.#matching.forgetPollers(queue),
      ...shared,
    });
    this.#handlers = new Map([...ofWorkflows, ...scheduleHandlers({ ...shared, schedules })]);
  }

  #startMatching(host: WorkflowHost, deployments: Deployments, schedules: Schedules): Matching {
    const { store, clock, logger } = host.deps;
    const kinds = new HostedKinds(host, [schedules, deployments]);
    const matching = new Matching({ store, clock, logger, starter: kinds });
    deployments.connect(matching);
    host.start(matching, kinds.wakers);
    return matching;
  }

  /** Opens a server over what the world's disk holds. */
  static async open(world: World, logger: Logger): Promise<SimulatedServer> {
    const { clock, random, disk } = world;
    const store = new MemoryStore({
      random,
      disk,
      clock,
      faults: disturbCommits(world),
      onStored: (batch) => world.checks.onStored(batch),
      onRunRead: ({ snapshot }) =>
        world.cover(
          snapshot === undefined
            ? "a run was loaded from its log"
            : "a run was loaded from a snapshot",
        ),
    });
    return new SimulatedServer(world, logger, { store, facts: await store.facts() });
  }

  /** The run as the server has it in memory, if it has. */
  liveRun(
    workflowId: string,
    runId: string,
  ): { readonly state: RunState; readonly seq: number } | undefined {
    return this.#host.peekRun({ namespaceId: NAMESPACE.id, workflowId, runId });
  }

  /**
   * Calls a method as a client does.
   *
   * @throws {StoreUnavailableError} Also when the server crashes while the call is under way, or
   *   the answer is lost: what the server did is unknown then.
   */
  async call<Response>(name: MethodName, request: object, timeoutMs: number): Promise<Response> {
    const { plan, isCalm } = this.#world;
    if (!isCalm && mayRepeat(name, request) && this.#world.chance(plan.duplicateChance)) {
      this.#repeatLater(name, request, timeoutMs);
    }
    const response = await this.#handle<Response>(name, request, timeoutMs);
    if (!isCalm && this.#world.chance(plan.lostReplyChance)) {
      this.#world.cover("a call lost its answer");
      throw new StoreUnavailableError("The answer was lost");
    }
    return response;
  }

  async #handle<Response>(name: MethodName, request: object, timeoutMs: number): Promise<Response> {
    if (!this.#isUp) throw new StoreUnavailableError("The server is down");
    const method = WorkflowServiceDescriptor.methods[name];
    const handle = this.#handlers.get(name);
    if (handle === undefined) throw new StoreUnavailableError(`Method ${name} has no handler`);
    const abort = new AbortController();
    const call = simulatedCall(this.#world.clock.nowMs() + timeoutMs, abort.signal);
    const decoded = method.request.decode(method.request.encode(request));
    const answer = await this.#untilCrash(
      Promise.resolve().then(() => handle(decoded as never, call)),
    );
    const bytes = answer instanceof EncodedResponse ? answer.bytes : method.response.encode(answer);
    return method.response.decode(bytes) as Response;
  }

  /** Delivers a second copy of a request, whose answer nobody waits for. */
  #repeatLater(name: MethodName, request: object, timeoutMs: number): void {
    const world = this.#world;
    world.clock.schedule(world.draw(DUPLICATE_DELAY_MS_MAX), () => {
      const { server } = world;
      if (server === undefined) return;
      world.cover("a call reached the server twice");
      server.#handle(name, request, timeoutMs).then(
        () => world.trace(`repeated ${name}`),
        (error: unknown) => {
          if (!isExpected(error)) world.fail(`A repeated ${name} failed: ${String(error)}`);
          else if (error.code === "NOT_FOUND" && name.startsWith("Respond")) {
            world.cover("a repeated completion was refused");
          }
        },
      );
    });
  }

  /** Ends the server as `kill -9` does: calls under way fail, what is not on the disk is gone. */
  crash(): void {
    this.#isUp = false;
    this.#store.crash();
    this.#matching.stop();
    for (const fail of [...this.#pending]) fail(new StoreUnavailableError("The server crashed"));
  }

  #untilCrash<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      answer
        .finally(() => this.#pending.delete(reject))
        .then((value) => (this.#isUp ? resolve(value) : undefined), reject);
    });
  }
}

function resolveNamespace(name: string): typeof NAMESPACE {
  if (name !== NAMESPACE.name) throw new NamespaceNotFoundError(name);
  return NAMESPACE;
}

function simulatedCall(deadlineMs: number, signal: AbortSignal): CallContext {
  return { ...NO_CALL_FACTS, signal, deadlineMs };
}

const NO_CALL_FACTS = {
  metadata: { get: () => undefined },
  clientCertificate: undefined,
  peer: "simulation",
  path: "",
};
