import type { IncomingMessage, ServerResponse } from "node:http";
import type { ServiceGuard } from "@perdure/frontend";
import type { Stopwatch } from "@perdure/kernel";
import type { Store } from "@perdure/persistence";
import { collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { CallMetrics } from "./call-metrics.js";
import { StoreMetrics } from "./store-metrics.js";

/** How full one task queue is. */
export interface QueueLoad {
  readonly namespace: string;
  readonly taskQueue: string;
  readonly taskType: string;
  /** Tasks that wait in memory; there may be more in the store. */
  readonly backlogCount: number;
  readonly pollerCount: number;
}

/** What is looked at when somebody asks. */
export interface MetricSources {
  readonly namespaces: { has(name: string): boolean };
  readonly queueLoads: () => Iterable<QueueLoad>;
  /** Workflow IDs in memory. */
  readonly slotCount: () => number;
}

/** All metrics of one server, for Prometheus. */
export class ServerMetrics {
  readonly #registry = new Registry();
  readonly #stopwatch: Stopwatch;
  readonly #store: StoreMetrics;

  constructor(stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch;
    this.#store = new StoreMetrics(this.#registry, stopwatch);
    collectDefaultMetrics({ register: this.#registry });
  }

  /** Makes of a store one that is counted. */
  meter(store: Store): Store {
    return this.#store.meter(store);
  }

  /** Counts calls from here on, and looks at the sources when it is asked. */
  watch(sources: MetricSources): ServiceGuard {
    this.#addGauges(sources);
    return new CallMetrics(this.#registry, { ...sources, stopwatch: this.#stopwatch });
  }

  /** Answers a request for all metrics. */
  async answer(_request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await this.#registry.metrics();
    response.writeHead(200, { "content-type": this.#registry.contentType }).end(body);
  }

  #addGauges({ queueLoads, slotCount }: MetricSources): void {
    const registers = [this.#registry];
    const labelNames = ["namespace", "taskqueue", "task_type"];
    const pollers = new Gauge({
      ...{ name: "perdure_waiting_pollers", help: "Polls that wait for a task." },
      ...{ labelNames, registers },
    });
    new Gauge({
      ...{ name: "approximate_backlog_count", help: "Tasks that wait in memory." },
      ...{ labelNames, registers },
      collect() {
        this.reset();
        pollers.reset();
        for (const load of queueLoads()) {
          const { namespace, taskQueue: taskqueue, taskType: task_type } = load;
          const labels = { namespace, taskqueue, task_type };
          this.inc(labels, load.backlogCount);
          pollers.inc(labels, load.pollerCount);
        }
      },
    });
    new Gauge({
      ...{ name: "cache_size", help: "Entries of caches.", labelNames: ["cache_type"], registers },
      collect() {
        this.set({ cache_type: "mutablestate" }, slotCount());
      },
    });
  }
}
