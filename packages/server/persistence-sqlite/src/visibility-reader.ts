import {
  encodeVisibilityCursor,
  fullVisibilityOrder,
  type StatusCount,
  type VisibilityPage,
  type VisibilityPlace,
  type VisibilityQuery,
  type VisibilityRow,
  visibilityPlace,
} from "@perdure/persistence";
import type { Database, Statement } from "better-sqlite3";
import type { NamespaceNumbers } from "./namespace-numbers.js";
import { fromRunIdValue, type RunIdValue } from "./run-id-value.js";
import {
  canDrive,
  countAllByStatusSql,
  drivenCountSql,
  drivenListSql,
  probeSql,
} from "./visibility-driven-sql.js";
import { type Driver, driverOf } from "./visibility-driver.js";
import { isSettled } from "./visibility-settler.js";
import {
  countByStatusSql,
  countVisibilitySql,
  type ListPlace,
  listVisibilitySql,
  type SqlText,
  walkListSql,
} from "./visibility-sql.js";

/** Statements kept ready, by their text: users send few queries of different shape. */
const STATEMENTS_MAX = 200;

interface StoredRow {
  readonly run_id: RunIdValue;
  readonly workflow_id: string;
  readonly workflow_type: string;
  readonly task_queue: string;
  readonly status: number;
  readonly start_time_ms: number;
  readonly execution_time_ms: number;
  readonly close_time_ms: number | null;
  readonly history_length: number;
  readonly history_size_bytes: number;
  readonly state_transition_count: number;
  readonly parent_workflow_id: string | null;
  readonly parent_run_id: RunIdValue | null;
  readonly root_workflow_id: string;
  readonly root_run_id: RunIdValue;
  readonly first_run_id: RunIdValue;
  readonly memo: Uint8Array | null;
  readonly search_attributes: Uint8Array | null;
}

/** Reads lists. */
export class VisibilityReader {
  readonly #database: Database;
  readonly #namespaces: NamespaceNumbers;
  readonly #statements = new Map<string, Statement<unknown[]>>();

  constructor(database: Database, namespaces: NamespaceNumbers) {
    this.#database = database;
    this.#namespaces = namespaces;
  }

  list(
    query: VisibilityQuery,
    page: { readonly after: VisibilityPlace | undefined; readonly limit: number },
  ): VisibilityPage {
    const namespaceNo = this.#namespaces.find(query.namespaceId);
    if (namespaceNo === undefined) return { rows: [], nextCursor: undefined };
    const { after, limit } = page;
    // One row more than asked for tells whether there is a next page.
    const text = this.#listSql(query, { namespaceNo, after, limit: limit + 1 });
    const found = this.#statement(text).all(...text.values) as StoredRow[];
    const rows = found.slice(0, limit).map((row) => toVisibilityRow(query.namespaceId, row));
    const last = found.length > limit ? rows[limit - 1] : undefined;
    const order = fullVisibilityOrder(query.order);
    return { rows, nextCursor: last && encodeVisibilityCursor(visibilityPlace(last, order)) };
  }

  count(query: VisibilityQuery): number {
    const namespaceNo = this.#namespaces.find(query.namespaceId);
    if (namespaceNo === undefined) return 0;
    const driver = driverOf(query);
    const text =
      driver?.index === undefined
        ? countVisibilitySql(query, namespaceNo)
        : drivenCountSql(query, namespaceNo, driver);
    const row = this.#statement(text).get(...text.values) as { readonly count: number };
    return row.count;
  }

  /** Whether few enough rows wait to be put into the indexes. */
  isSettled(): boolean {
    return isSettled(this.#database);
  }

  #listSql(query: VisibilityQuery, page: ListPlace): SqlText {
    const driver = driverOf(query);
    if (driver === undefined || !canDrive(driver, query)) return listVisibilitySql(query, page);
    const isNarrow = driver.isOrdered || this.#isNarrow(driver, page.namespaceNo);
    return isNarrow ? drivenListSql(query, page, driver) : walkListSql(query, page);
  }

  #isNarrow(driver: Driver, namespaceNo: number): boolean {
    const text = probeSql(driver, namespaceNo);
    const row = this.#statement(text).get(...text.values) as { readonly is_narrow: number };
    return row.is_narrow === 1;
  }

  countByStatus(query: VisibilityQuery): readonly StatusCount[] {
    const namespaceNo = this.#namespaces.find(query.namespaceId);
    if (namespaceNo === undefined) return [];
    const text =
      query.filter === undefined
        ? countAllByStatusSql(namespaceNo)
        : countByStatusSql(query, namespaceNo);
    return this.#statement(text).all(...text.values) as StatusCount[];
  }

  #statement({ sql }: SqlText): Statement<unknown[]> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear();
    const statement = this.#database.prepare<unknown[]>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}

function toVisibilityRow(namespaceId: string, row: StoredRow): VisibilityRow {
  return {
    namespaceId,
    workflowId: row.workflow_id,
    runId: fromRunIdValue(row.run_id),
    workflowType: row.workflow_type,
    taskQueue: row.task_queue,
    status: row.status,
    startTimeMs: row.start_time_ms,
    executionTimeMs: row.execution_time_ms,
    closeTimeMs: row.close_time_ms ?? undefined,
    historyLength: row.history_length,
    historySizeBytes: row.history_size_bytes,
    stateTransitionCount: row.state_transition_count,
    parentWorkflowId: row.parent_workflow_id ?? undefined,
    parentRunId: row.parent_run_id === null ? undefined : fromRunIdValue(row.parent_run_id),
    rootWorkflowId: row.root_workflow_id,
    rootRunId: fromRunIdValue(row.root_run_id),
    firstRunId: fromRunIdValue(row.first_run_id),
    memo: row.memo ?? undefined,
    searchAttributes: row.search_attributes ?? undefined,
  };
}
