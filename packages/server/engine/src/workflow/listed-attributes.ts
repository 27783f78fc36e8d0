import type { SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import { attributePayload } from "./payload-fields.js";
import type { RunState } from "./run-state.js";

/** What an execution whose workers have no version is found by. */
const UNVERSIONED = "unversioned";

/**
 * The run's search attributes with those that the server sets: `BuildIds` and `BinaryChecksums`
 * name the workers that completed workflow tasks of the run, `TemporalWorkflowVersioningBehavior`
 * tells an override, `TemporalReportedProblems` why workflow tasks fail again and again.
 */
export function listedSearchAttributes(run: RunState): SearchAttributesInit | undefined {
  const hasWorked = run.lastCompletedEventId > 0;
  const isUpgraded = run.started.versioningOverride?.override?.kind === "autoUpgrade";
  const { isReported, last } = run.uncommon.taskProblems;
  if (!hasWorked && !isUpgraded && !isReported) return run.searchAttributes;
  const fields = new Map(run.searchAttributes?.indexedFields);
  if (isReported) fields.set("TemporalReportedProblems", attributePayload("KeywordList", last));
  if (isUpgraded)
    fields.set("TemporalWorkflowVersioningBehavior", attributePayload("Keyword", "AutoUpgrade"));
  if (!hasWorked) return { indexedFields: fields };
  const own = run.resetPoints.filter(({ runId }) => runId === run.runId).toArray();
  const latestBuildId = run.workerVersion?.buildId ?? "";
  const buildIds = named([...own.map(({ buildId }) => buildId), latestBuildId]);
  const checksums = named(own.map(({ binaryChecksum }) => binaryChecksum));
  const versions = buildIds.map((buildId) => `${UNVERSIONED}:${buildId}`);
  fields.set("BuildIds", attributePayload("KeywordList", [UNVERSIONED, ...versions]));
  if (checksums.length > 0)
    fields.set("BinaryChecksums", attributePayload("KeywordList", checksums));
  return { indexedFields: fields };
}

function named(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== "");
}
