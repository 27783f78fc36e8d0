import { type Clock, ResourceExhaustedError } from "@perdure/kernel";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import type { ServiceGuard } from "../access/guard-services.js";
import type { CallContext } from "../grpc/call-context.js";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { type CallRate, PriorityBuckets } from "./priority-buckets.js";
import {
  PRIORITY_COUNT,
  type QuotaGroup,
  type RpcQuota,
  rpcQuota,
  WATCH_PRIORITY,
} from "./rpc-quota.js";

/** Rates of the groups of calls. */
export type GroupRates = Readonly<Record<QuotaGroup, CallRate>>;

/** What one namespace may ask for. */
export interface NamespaceQuota {
  readonly rates: GroupRates;
  /** Calls of one method that may wait at once; 0: as many as they like. */
  readonly longRunningMax: number;
}

/** The limits of the moment. */
export interface QuotaSource {
  /** Whether anything is limited at all. */
  readonly isOn: boolean;
  readonly server: GroupRates;
  of(namespace: string): NamespaceQuota;
}

export interface QuotaGuardDeps {
  readonly quotas: QuotaSource;
  readonly clock: Clock;
  readonly namespaces: {
    /** Whether there is a namespace of this name. */
    has(name: string): boolean;
  };
}

type GroupBuckets = Readonly<Record<QuotaGroup, PriorityBuckets>>;

/**
 * Turns calls away that are too many: of a namespace or all together, in a second or at once. A
 * namespace that does not exist has no limit of its own: its calls fail anyhow.
 */
export class QuotaGuard implements ServiceGuard {
  readonly #deps: QuotaGuardDeps;
  readonly #server = newBuckets();
  readonly #namespaces = new Map<string, GroupBuckets>();

  constructor(deps: QuotaGuardDeps) {
    this.#deps = deps;
  }

  guard(method: AnyMethodDescriptor, handler: UnaryHandler): UnaryHandler {
    const quota = rpcQuota(method);
    if (quota === undefined) return handler;
    const { quotas } = this.#deps;
    const waiting = quota.isLongRunning ? new WaitingCalls() : undefined;
    return (request: GuardedRequest, call) => {
      if (!quotas.isOn) return handler(request as never, call);
      const limits = quotas.of(request.namespace ?? "");
      if (waiting === undefined || limits.longRunningMax === 0 || !mayWait(request)) {
        this.#take(quota, request, call);
        return handler(request as never, call);
      }
      return waiting.run(request.namespace ?? "", limits.longRunningMax, () => {
        this.#take(quota, request, call);
        return handler(request as never, call);
      });
    };
  }

  #take(quota: RpcQuota, request: GuardedRequest, call: CallContext): void {
    const { quotas, clock } = this.#deps;
    const nowMs = clock.nowMs();
    const isFirst = call.metadata.get("caller-type") === "operator";
    const own = isFirst ? 0 : quota.priority;
    const { group } = quota;
    const namespace = request.namespace ?? "";
    const buckets = this.#bucketsOf(namespace);
    if (buckets !== undefined) {
      const priority = !isFirst && isWatch(request) ? WATCH_PRIORITY : own;
      if (!buckets[group].take(priority, nowMs, quotas.of(namespace).rates[group])) {
        const facts = { cause: "RPS_LIMIT", scope: "NAMESPACE" } as const;
        throw new ResourceExhaustedError("namespace rate limit exceeded", facts);
      }
    }
    const isReachability = request.reportTaskReachability === true;
    const serverGroup = isReachability ? "visibility" : group;
    const priority = isReachability && !isFirst ? 1 : own;
    if (this.#server[serverGroup].take(priority, nowMs, quotas.server[serverGroup])) return;
    const facts = { cause: "RPS_LIMIT", scope: "SYSTEM" } as const;
    throw new ResourceExhaustedError("service rate limit exceeded", facts);
  }

  #bucketsOf(namespace: string): GroupBuckets | undefined {
    const known = this.#namespaces.get(namespace);
    if (known !== undefined || !this.#deps.namespaces.has(namespace)) return known;
    const buckets = newBuckets();
    this.#namespaces.set(namespace, buckets);
    return buckets;
  }
}

/** What the limits look at in requests of all kinds. */
interface GuardedRequest {
  readonly namespace?: string;
  /** Of `GetWorkflowExecutionHistory`: it waits for news. */
  readonly waitNewEvent?: boolean;
  /** Of `DescribeActivityExecution`: it waits for news when this is not empty. */
  readonly longPollToken?: Uint8Array;
  /** Of `DescribeTaskQueue`: it looks into lists. */
  readonly reportTaskReachability?: boolean;
}

function isWatch({ waitNewEvent, longPollToken }: GuardedRequest): boolean {
  return waitNewEvent === true || (longPollToken !== undefined && longPollToken.length > 0);
}

/** A history that is read at once is never one of those that wait. */
function mayWait({ waitNewEvent }: GuardedRequest): boolean {
  return waitNewEvent !== false;
}

/** Calls of one method that are under way, by namespace. */
class WaitingCalls {
  readonly #counts = new Map<string, number>();

  run(
    namespace: string,
    countMax: number,
    answer: () => ReturnType<UnaryHandler>,
  ): ReturnType<UnaryHandler> {
    const count = this.#counts.get(namespace) ?? 0;
    if (count >= countMax) {
      const facts = { cause: "CONCURRENT_LIMIT", scope: "NAMESPACE" } as const;
      throw new ResourceExhaustedError("namespace concurrent poller limit exceeded", facts);
    }
    this.#counts.set(namespace, count + 1);
    return this.#leaveAfter(namespace, answer);
  }

  async #leaveAfter(
    namespace: string,
    answer: () => ReturnType<UnaryHandler>,
  ): Promise<Awaited<ReturnType<UnaryHandler>>> {
    try {
      return await answer();
    } finally {
      const left = (this.#counts.get(namespace) ?? 1) - 1;
      if (left === 0) this.#counts.delete(namespace);
      else this.#counts.set(namespace, left);
    }
  }
}

function newBuckets(): GroupBuckets {
  return {
    execution: new PriorityBuckets(PRIORITY_COUNT.execution),
    visibility: new PriorityBuckets(PRIORITY_COUNT.visibility),
    namespaceChange: new PriorityBuckets(PRIORITY_COUNT.namespaceChange),
  };
}
