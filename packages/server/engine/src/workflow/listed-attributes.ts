import type { PayloadInit, SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import type { RunState } from "./run-state.js";

/** What an execution whose workers have no version is found by. */
const UNVERSIONED = "unversioned";

/**
 * The run's search attributes with those that the server sets: `BuildIds` names the workers that
 * completed workflow tasks of the run.
 */
export function listedSearchAttributes(run: RunState): SearchAttributesInit | undefined {
  const own = run.resetPoints.filter(({ runId }) => runId === run.runId);
  if (own.isEmpty()) return run.searchAttributes;
  const buildIds = own.flatMap(({ buildId }) => (buildId === "" ? [] : [buildId]));
  const values = [UNVERSIONED, ...buildIds.map((buildId) => `${UNVERSIONED}:${buildId}`)];
  const fields = new Map(run.searchAttributes?.indexedFields);
  return { indexedFields: fields.set("BuildIds", keywordList(values)) };
}

function keywordList(values: readonly string[]): PayloadInit {
  const metadata = new Map([
    ["encoding", Buffer.from("json/plain")],
    ["type", Buffer.from("KeywordList")],
  ]);
  return { metadata, data: Buffer.from(JSON.stringify(values)) };
}
