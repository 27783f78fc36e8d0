import type { AttributeSchema, RunLimits, VersionName } from "@perdure/engine";
import type { CancelSignal, Clock, Random } from "@perdure/kernel";
import type { QueueKey, Store } from "@perdure/persistence";
import type {
  ActivityOperations,
  Deployments,
  Dispatch,
  NexusService,
  QueryService,
  RunControlService,
  UpdateService,
  UpdateWithStartService,
  WorkflowService,
} from "@perdure/runtime";

/** A poll for a task. */
export interface PollQuestion {
  readonly queue: QueueKey;
  readonly info: {
    readonly identity: string;
    readonly buildId: string;
    readonly version?: VersionName | undefined;
  };
  readonly signal: CancelSignal;
  /** How long the poll waits, milliseconds. */
  readonly timeoutMs: number;
}

/** What the workflow service must know of a namespace. */
export interface ServedNamespace {
  readonly id: string;
  readonly name: string;
  readonly schema: AttributeSchema;
}

/** What the workflow service's RPCs need. */
export interface WorkflowServiceDeps {
  readonly workflows: WorkflowService;
  readonly activityOperations: ActivityOperations;
  readonly queries: QueryService;
  readonly control: RunControlService;
  readonly updates: UpdateService;
  readonly updateWithStart: UpdateWithStartService;
  readonly deployments: Pick<Deployments, "isMember" | "noteUseSoon" | "registerWorker">;
  readonly nexus: Pick<NexusService, "tasks">;
  /** Waits for a task; `undefined` when none came in time. */
  readonly poll: (question: PollQuestion) => Promise<Dispatch | undefined>;
  /** Who polled a queue lately, the last one first. */
  readonly recentPollers: (queue: QueueKey) => readonly {
    readonly info: { readonly identity: string; readonly buildId: string };
    readonly lastPollAtMs: number;
  }[];
  /** Answers the waiting polls of a queue with nothing; it has no recent poller then. */
  readonly forgetPollers: (queue: QueueKey) => void;
  readonly namespaces: {
    /** @throws {NamespaceNotFoundError} */
    resolve(name: string): ServedNamespace;
  };
  readonly store: Pick<
    Store,
    "listVisibility" | "countVisibility" | "countVisibilityByStatus" | "readTasks"
  >;
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: RunLimits;
  /** Limits of a namespace, by its name; absent: all have the same ones. */
  readonly limitsOf?: ((namespace: string) => RunLimits) | undefined;
  /** Where completion callbacks may go besides the server itself; absent: nowhere. */
  readonly callbackAddresses?: readonly CallbackAddressRule[];
}

/** Hosts that completion callbacks may go to. */
export interface CallbackAddressRule {
  /** Matches the host with its port. */
  readonly host: RegExp;
  /** Whether `http` will do. */
  readonly allowsInsecure: boolean;
}
