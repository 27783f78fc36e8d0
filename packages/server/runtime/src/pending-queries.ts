import { isLargerThan } from "@perdure/engine";
import type {
  WorkflowQueryInit,
  WorkflowQueryResultInit,
} from "@perdure/proto/temporal/api/query/v1";

/** How a query that waits for a workflow task comes out. */
export type QueryOutcome =
  | { readonly kind: "answered"; readonly result: WorkflowQueryResultInit }
  /** The answer is too large. */
  | { readonly kind: "refused" }
  /** No workflow task will carry it: it may go straight to a worker. */
  | { readonly kind: "unblocked" };

interface PendingQuery {
  readonly query: WorkflowQueryInit;
  readonly settle: (outcome: QueryOutcome) => void;
  isSent: boolean;
}

/** Queries of one run that wait to be carried by a workflow task. They live in memory only. */
export class PendingQueries {
  readonly #byId = new Map<string, PendingQuery>();

  get size(): number {
    return this.#byId.size;
  }

  /** Adds a query. The promise settles once; `remove` makes it never settle. */
  add(queryId: string, query: WorkflowQueryInit): Promise<QueryOutcome> {
    return new Promise((settle) => {
      this.#byId.set(queryId, { query, settle, isSent: false });
    });
  }

  remove(queryId: string): void {
    this.#byId.delete(queryId);
  }

  /** The queries for a workflow task that is being handed out. */
  send(): ReadonlyMap<string, WorkflowQueryInit> {
    const sent = new Map<string, WorkflowQueryInit>();
    for (const [queryId, pending] of this.#byId) {
      pending.isSent = true;
      sent.set(queryId, pending.query);
    }
    return sent;
  }

  /** Takes the answers of a completed workflow task; one of more than `bytesMax` is refused. */
  answer(results: ReadonlyMap<string, WorkflowQueryResultInit>, bytesMax: number): void {
    for (const [queryId, result] of results) {
      const isRefused = isLargerThan(result.answer, bytesMax);
      const outcome: QueryOutcome = isRefused ? { kind: "refused" } : { kind: "answered", result };
      this.#byId.get(queryId)?.settle(outcome);
      this.#byId.delete(queryId);
    }
  }

  /** Lets every query that is left go straight to a worker. */
  unblock(): void {
    for (const pending of this.#byId.values()) pending.settle({ kind: "unblocked" });
    this.#byId.clear();
  }
}
