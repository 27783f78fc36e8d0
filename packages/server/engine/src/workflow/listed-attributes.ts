import type { PayloadInit, SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import type { RunState } from "./run-state.js";

/** What an execution whose workers have no version is found by. */
const UNVERSIONED = "unversioned";

/**
 * The run's search attributes with those that the server sets: `BuildIds` and `BinaryChecksums`
 * name the workers that completed workflow tasks of the run.
 */
export function listedSearchAttributes(run: RunState): SearchAttributesInit | undefined {
  const own = run.resetPoints.filter(({ runId }) => runId === run.runId).toArray();
  if (own.length === 0) return run.searchAttributes;
  const buildIds = named(own.map(({ buildId }) => buildId));
  const checksums = named(own.map(({ binaryChecksum }) => binaryChecksum));
  const fields = new Map(run.searchAttributes?.indexedFields);
  const versions = buildIds.map((buildId) => `${UNVERSIONED}:${buildId}`);
  fields.set("BuildIds", keywordList([UNVERSIONED, ...versions]));
  if (checksums.length > 0) fields.set("BinaryChecksums", keywordList(checksums));
  return { indexedFields: fields };
}

function named(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== "");
}

function keywordList(values: readonly string[]): PayloadInit {
  const metadata = new Map([
    ["encoding", Buffer.from("json/plain")],
    ["type", Buffer.from("KeywordList")],
  ]);
  return { metadata, data: Buffer.from(JSON.stringify(values)) };
}
