import type { Stopwatch } from "@perdure/kernel";
import type { Store, StoreWrite } from "@perdure/persistence";
import { Counter, Histogram, type Registry } from "prom-client";
import { LATENCY_BUCKETS } from "./latency-buckets.js";

/** Bounds of the histogram of batches: writes that one commit holds. */
const BATCH_BUCKETS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10_000];

/** Counts what is asked of a store, under the official names. */
export class StoreMetrics {
  readonly #stopwatch: Stopwatch;
  readonly #requests: Counter;
  readonly #errors: Counter;
  readonly #latency: Histogram;
  readonly #batches: Histogram;

  constructor(registry: Registry, stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch;
    const common = { labelNames: ["operation"], registers: [registry] };
    this.#requests = new Counter({
      ...{ name: "persistence_requests", help: "Requests to the store.", ...common },
    });
    this.#errors = new Counter({
      ...{ name: "persistence_errors", help: "Requests that the store failed at.", ...common },
    });
    this.#latency = new Histogram({
      ...{ name: "persistence_latency", help: "Time that the store took, seconds." },
      ...{ ...common, buckets: LATENCY_BUCKETS },
    });
    this.#batches = new Histogram({
      ...{ name: "perdure_commit_batch_writes", help: "Writes of one commit." },
      ...{ registers: [registry], buckets: BATCH_BUCKETS },
    });
  }

  /** Makes of a store one that is counted. */
  meter(store: Store): Store {
    const metered = new Map<PropertyKey, unknown>();
    return new Proxy(store, {
      get: (target, name) => {
        const known = metered.get(name);
        if (known !== undefined) return known;
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function" || typeof name !== "string") return member;
        const method = this.#meterMethod(name, member.bind(target) as StoreMethod);
        metered.set(name, method);
        return method;
      },
    });
  }

  #meterMethod(operation: string, method: StoreMethod): StoreMethod {
    const requests = this.#requests.labels({ operation });
    const latency = this.#latency.labels({ operation });
    const errors = this.#errors.labels({ operation });
    return (...args) => {
      if (operation === "commit") this.#batches.observe((args[0] as readonly StoreWrite[]).length);
      requests.inc();
      const started = this.#stopwatch.seconds();
      const result = method(...args);
      if (!(result instanceof Promise)) return result;
      const end = (): void => latency.observe(this.#stopwatch.seconds() - started);
      const fail = (): void => {
        end();
        errors.inc();
      };
      result.then(end, fail);
      return result;
    };
  }
}

type StoreMethod = (...args: readonly unknown[]) => unknown;
