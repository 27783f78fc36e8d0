import {
  EncodedResponse,
  GrpcError,
  type ServiceGuard,
  type UnaryHandler,
} from "@perdure/frontend";
import {
  DomainError,
  type DomainErrorCode,
  ResourceExhaustedError,
  type Stopwatch,
} from "@perdure/kernel";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import { LATENCY_BUCKETS } from "./latency-buckets.js";

/** Names of errors as the official server counts them. */
const TYPE_OF_CODE = {
  INVALID_ARGUMENT: "InvalidArgument",
  FAILED_PRECONDITION: "FailedPrecondition",
  NOT_FOUND: "NotFound",
  NAMESPACE_NOT_FOUND: "NamespaceNotFound",
  NAMESPACE_ALREADY_EXISTS: "NamespaceAlreadyExists",
  WORKFLOW_ALREADY_STARTED: "WorkflowExecutionAlreadyStarted",
  WORKFLOW_NOT_READY: "WorkflowNotReady",
  QUERY_FAILED: "QueryFailed",
  RESOURCE_EXHAUSTED: "ResourceExhausted",
  DEADLINE_EXCEEDED: "DeadlineExceeded",
  CANCELED: "Canceled",
  ABORTED: "Aborted",
  PERMISSION_DENIED: "PermissionDenied",
  MULTI_OPERATION: "MultiOperationExecution",
  UNIMPLEMENTED: "Unimplemented",
  STORE_UNAVAILABLE: "Unavailable",
  SHUTTING_DOWN: "Unavailable",
} as const satisfies Partial<Record<DomainErrorCode, string>>;

const TYPES: ReadonlyMap<string, string> = new Map(Object.entries(TYPE_OF_CODE));

/** A namespace that does not exist: names that callers make up are not kept. */
const UNKNOWN_NAMESPACE = "_unknown_";

/** What is counted of one method in one namespace. */
interface CallSeries {
  readonly requests: Counter.Internal;
  readonly pending: Gauge.Internal<string>;
  readonly latency: Histogram.Internal<string>;
}

interface CallMetricsDeps {
  readonly namespaces: { has(name: string): boolean };
  readonly stopwatch: Stopwatch;
}

/** Counts calls under the official names. */
export class CallMetrics implements ServiceGuard {
  readonly #deps: CallMetricsDeps;
  readonly #requests: Counter;
  readonly #pending: Gauge;
  readonly #latency: Histogram;
  readonly #errors: Counter;
  readonly #typedErrors: Counter;
  readonly #exhausted: Counter;
  readonly #polls: PollMetrics;

  constructor(registry: Registry, deps: CallMetricsDeps) {
    const labelNames = ["operation", "namespace", "service_name"];
    const registers = [registry];
    this.#deps = deps;
    this.#requests = new Counter({
      ...{ name: "service_requests", help: "Calls.", labelNames, registers },
    });
    this.#pending = new Gauge({
      ...{ name: "service_pending_requests", help: "Calls under way.", labelNames, registers },
    });
    this.#latency = new Histogram({
      ...{ name: "service_latency", help: "Time that calls took, seconds." },
      ...{ labelNames, registers, buckets: LATENCY_BUCKETS },
    });
    this.#errors = new Counter({
      ...{ name: "service_errors", help: "Calls that failed by the server's fault." },
      ...{ labelNames, registers },
    });
    this.#typedErrors = new Counter({
      ...{ name: "service_error_with_type", help: "Calls that failed, by kind of error." },
      ...{ labelNames: [...labelNames, "error_type"], registers },
    });
    this.#exhausted = new Counter({
      ...{ name: "service_errors_resource_exhausted", help: "Calls that were turned away." },
      labelNames: [...labelNames, "resource_exhausted_cause", "resource_exhausted_scope"],
      registers,
    });
    this.#polls = new PollMetrics(registry);
  }

  guard({ name: operation }: AnyMethodDescriptor, handler: UnaryHandler): UnaryHandler {
    const known = new Map<string, CallSeries>();
    const notePoll = this.#pollNoter(operation);
    return (request: CountedRequest, call) => {
      const namespace = this.#namespaceOf(request);
      const series = known.get(namespace) ?? this.#open(operation, namespace);
      known.set(namespace, series);
      const end = this.#begin(series);
      const succeed = <R>(response: R): R => {
        const seconds = end();
        notePoll?.({ namespace, request, response, seconds });
        return response;
      };
      const fail = (error: unknown): never => {
        end();
        this.#countError(error, { operation, namespace, service_name: SERVICE });
        throw error;
      };
      let response: ReturnType<UnaryHandler>;
      try {
        response = handler(request as never, call);
      } catch (error) {
        return fail(error);
      }
      return response instanceof Promise ? response.then(succeed, fail) : succeed(response);
    };
  }

  /** Counts a call that begins; the result counts its end, and tells how long it took. */
  #begin(series: CallSeries): () => number {
    const { stopwatch } = this.#deps;
    series.requests.inc();
    series.pending.inc();
    const started = stopwatch.seconds();
    return () => {
      const seconds = stopwatch.seconds() - started;
      series.pending.dec();
      series.latency.observe(seconds);
      return seconds;
    };
  }

  #pollNoter(operation: string): ((poll: EndedPoll) => void) | undefined {
    const taskType = TASK_TYPES.get(operation);
    if (taskType === undefined) return undefined;
    return ({ namespace, request, response, seconds }) => {
      const taskqueue = request.taskQueue?.name ?? "";
      this.#polls.note({ namespace, taskqueue, task_type: taskType }, isEmpty(response), seconds);
    };
  }

  #namespaceOf({ namespace }: CountedRequest): string {
    return namespace !== undefined && this.#deps.namespaces.has(namespace)
      ? namespace
      : UNKNOWN_NAMESPACE;
  }

  #open(operation: string, namespace: string): CallSeries {
    const labels = { operation, namespace, service_name: SERVICE };
    return {
      requests: this.#requests.labels(labels),
      pending: this.#pending.labels(labels),
      latency: this.#latency.labels(labels),
    };
  }

  #countError(error: unknown, labels: Readonly<Record<string, string>>): void {
    const type = errorType(error);
    this.#typedErrors.inc({ ...labels, error_type: `serviceerror_${type}` });
    if (OWN_FAULTS.has(type)) this.#errors.inc(labels);
    if (!(error instanceof ResourceExhaustedError)) return;
    const { cause, scope } = error.exhausted;
    const facts = { resource_exhausted_cause: cause, resource_exhausted_scope: scope };
    this.#exhausted.inc({ ...labels, ...facts });
  }
}

const SERVICE = "frontend";

/** Errors that no client can help. */
const OWN_FAULTS: ReadonlySet<string> = new Set(["Internal", "Unavailable"]);

function errorType(error: unknown): string {
  if (error instanceof DomainError) return TYPES.get(error.code) ?? "Internal";
  // Only refusals of clients' versions and of unknown methods are made as gRPC errors.
  return error instanceof GrpcError ? "FailedPrecondition" : "Internal";
}

/** What counting looks at in requests of all kinds. */
interface CountedRequest {
  readonly namespace?: string;
  readonly taskQueue?: { readonly name?: string } | undefined;
}

interface EndedPoll {
  readonly namespace: string;
  readonly request: CountedRequest;
  readonly response: unknown;
  readonly seconds: number;
}

const TASK_TYPES: ReadonlyMap<string, string> = new Map([
  ["PollWorkflowTaskQueue", "Workflow"],
  ["PollActivityTaskQueue", "Activity"],
  ["PollNexusTaskQueue", "Nexus"],
]);

function isEmpty(response: unknown): boolean {
  return response instanceof EncodedResponse && response.bytes.length === 0;
}

interface PolledQueue {
  readonly namespace: string;
  readonly taskqueue: string;
  readonly task_type: string;
}

/** Counts polls by their queue. */
class PollMetrics {
  readonly #successes: Counter;
  readonly #timeouts: Counter;
  readonly #latency: Histogram;

  constructor(registry: Registry) {
    const common = { labelNames: ["namespace", "taskqueue", "task_type"], registers: [registry] };
    this.#successes = new Counter({ name: "poll_success", help: "Polls with a task.", ...common });
    this.#timeouts = new Counter({
      ...{ name: "poll_timeouts", help: "Polls that ended without a task.", ...common },
    });
    this.#latency = new Histogram({
      ...{ name: "poll_latency", help: "Time that polls with a task waited, seconds." },
      ...{ ...common, buckets: LATENCY_BUCKETS },
    });
  }

  note(queue: PolledQueue, isTimeout: boolean, seconds: number): void {
    const labels = { ...queue, taskqueue: shownQueue(queue.taskqueue) };
    if (isTimeout) {
      this.#timeouts.inc(labels);
      return;
    }
    this.#successes.inc(labels);
    this.#latency.observe(labels, seconds);
  }
}

/** Sticky queues are many and short-lived, so all of them count as one. */
function shownQueue(name: string): string {
  return STICKY.test(name) ? "__sticky__" : name;
}

/** SDKs name sticky queues by host or identity and a UUID. */
const STICKY = /[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i;
