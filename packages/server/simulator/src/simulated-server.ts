import { DEFAULT_RUN_LIMITS } from "@perdure/engine";
import { type CallContext, EncodedResponse, workflowHandlers } from "@perdure/frontend";
import {
  type Logger,
  NamespaceNotFoundError,
  type Random,
  StoreUnavailableError,
  type VirtualClock,
} from "@perdure/kernel";
import { Matching } from "@perdure/matching";
import { type MemoryDisk, MemoryStore, randomStoreFaults } from "@perdure/persistence";
import { WorkflowService as WorkflowServiceDescriptor } from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  GroupCommitter,
  QueryService,
  startQueuedTask,
  WorkflowHost,
  WorkflowService,
} from "@perdure/runtime";

/** The namespace that every simulation uses. */
export const NAMESPACE = { id: "11111111-1111-4111-8111-111111111111", name: "default" };

export interface SimulatedServerOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly disk: MemoryDisk;
  /** Chance of each commit to fail before it is stored, and to lose its reply after it. */
  readonly commitFailureChance: number;
  readonly commitDelayMsMax: number;
  readonly maxIdleSlots: number;
  readonly logger: Logger;
}

/** The methods of `WorkflowService` that the simulation calls. */
type MethodName = keyof typeof WorkflowServiceDescriptor.methods & string;

/**
 * The real server from the frontend's handlers to the store, on virtual time and a simulated
 * disk. Only the network is left out: requests and responses are encoded and decoded all the same.
 */
export class SimulatedServer {
  readonly #store: MemoryStore;
  readonly #matching: Matching;
  readonly #handlers: ReturnType<typeof workflowHandlers>;
  readonly #clock: VirtualClock;
  readonly #pending = new Set<(error: Error) => void>();
  readonly #aborts = new Set<AbortController>();
  #isUp = true;

  private constructor(
    options: SimulatedServerOptions,
    facts: Awaited<ReturnType<MemoryStore["facts"]>>,
    store: MemoryStore,
  ) {
    const { clock, random } = options;
    this.#store = store;
    this.#clock = clock;
    const { logger } = options;
    const limits = DEFAULT_RUN_LIMITS;
    const committer = new GroupCommitter(store, logger);
    const { maxIdleSlots } = options;
    const host = new WorkflowHost(
      { store, committer, clock, random, logger, limits, maxIdleSlots },
      facts,
    );
    this.#matching = new Matching({
      store,
      clock,
      logger,
      starter: { startTask: (task, poller) => startQueuedTask(host, task, poller) },
    });
    host.start(this.#matching);
    this.#handlers = workflowHandlers({
      workflows: new WorkflowService(host),
      queries: new QueryService(host),
      poll: (question) => this.#matching.poll(question),
      namespaces: {
        resolve: (name) => {
          if (name !== NAMESPACE.name) throw new NamespaceNotFoundError(name);
          return NAMESPACE;
        },
      },
      store,
      clock,
      random,
      limits,
    });
  }

  /** Opens a server over what the disk holds. */
  static async open(options: SimulatedServerOptions): Promise<SimulatedServer> {
    const { clock, random, disk, commitFailureChance } = options;
    const faults = randomStoreFaults({
      random,
      failsBeforeChance: commitFailureChance / 2,
      failsAfterChance: commitFailureChance / 2,
      delayMsMax: options.commitDelayMsMax,
    });
    const store = new MemoryStore({ random, disk, faults, clock });
    return new SimulatedServer(options, await store.facts(), store);
  }

  /**
   * Calls a method as a client does.
   *
   * @throws {StoreUnavailableError} Also when the server crashes while the call is under way.
   */
  async call<Response>(name: MethodName, request: object, timeoutMs: number): Promise<Response> {
    if (!this.#isUp) throw new StoreUnavailableError("The server is down");
    const method = WorkflowServiceDescriptor.methods[name];
    const handle = this.#handlers.get(name);
    if (handle === undefined) throw new StoreUnavailableError(`Method ${name} has no handler`);
    const abort = new AbortController();
    this.#aborts.add(abort);
    const call = simulatedCall(this.#clock.nowMs() + timeoutMs, abort.signal);
    const decoded = method.request.decode(method.request.encode(request));
    try {
      const answer = await this.#untilCrash(
        Promise.resolve().then(() => handle(decoded as never, call)),
      );
      const bytes =
        answer instanceof EncodedResponse ? answer.bytes : method.response.encode(answer);
      return method.response.decode(bytes) as Response;
    } finally {
      this.#aborts.delete(abort);
    }
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

function simulatedCall(deadlineMs: number, signal: AbortSignal): CallContext {
  return { metadata: { get: () => undefined }, signal, deadlineMs, peer: "simulation", path: "" };
}
