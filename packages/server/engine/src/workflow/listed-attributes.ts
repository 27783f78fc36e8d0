import type { PayloadInit, SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import { attributePayload } from "./payload-fields.js";
import { type RunState, versioningOverrideOf } from "./run-state.js";
import { addVersionAttributes, unversionedEntry } from "./version-attributes.js";

/** What an execution whose workers have no version is found by. */
const UNVERSIONED = "unversioned";

/**
 * The run's search attributes with those that the server sets: `BuildIds` and `BinaryChecksums`
 * name the workers that completed workflow tasks of the run, `TemporalWorkflowVersioningBehavior`
 * tells an override, `TemporalReportedProblems` why workflow tasks fail again and again,
 * `TemporalPauseInfo` a pause.
 */
export function listedSearchAttributes(run: RunState): SearchAttributesInit | undefined {
  const hasWorked = run.lastCompletedEventId > 0;
  const isUpgraded = versioningOverrideOf(run)?.override?.kind === "autoUpgrade";
  const isOverrideNew = hasNewOverride(run);
  const { taskProblems, pause } = run.uncommon;
  const { isReported, last } = taskProblems;
  const isPlain = !isUpgraded && !isOverrideNew && !isReported && pause === undefined;
  const { versioning } = run.uncommon;
  if (!hasWorked && isPlain && versioning === undefined) return run.searchAttributes;
  const fields = new Map(run.searchAttributes?.indexedFields);
  if (isReported) fields.set("TemporalReportedProblems", attributePayload("KeywordList", last));
  if (isUpgraded)
    fields.set("TemporalWorkflowVersioningBehavior", attributePayload("Keyword", "AutoUpgrade"));
  if (run.uncommon.pause !== undefined)
    fields.set("TemporalPauseInfo", pauseEntries(run, run.uncommon.pause.reason));
  if (versioning !== undefined) {
    addVersionAttributes(fields, { run, versioning, buildIds: buildIdsOf(run) });
    return { indexedFields: fields };
  }
  // A changed override stands for the versions of the workers until the next of their tasks.
  if (isOverrideNew ? isUpgraded : !hasWorked) return { indexedFields: fields };
  const own = run.resetPoints.filter(({ runId }) => runId === run.runId).toArray();
  const checksums = named(own.map(({ binaryChecksum }) => binaryChecksum));
  const entries = [UNVERSIONED, ...buildIdsOf(run).map(unversionedEntry)];
  fields.set("BuildIds", attributePayload("KeywordList", entries));
  if (checksums.length > 0)
    fields.set("BinaryChecksums", attributePayload("KeywordList", checksums));
  return { indexedFields: fields };
}

/** Build IDs of the workers of a run. */
function buildIdsOf(run: RunState): readonly string[] {
  const own = run.resetPoints.filter(({ runId }) => runId === run.runId).toArray();
  const latestBuildId = run.workerVersion?.buildId ?? "";
  return named([...own.map(({ buildId }) => buildId), latestBuildId]);
}

function hasNewOverride(run: RunState): boolean {
  if (run.uncommon.options?.hasVersioning !== true) return false;
  return (run.uncommon.options.overrideEventId ?? 0) > run.lastCompletedEventId;
}

/** Tells of the run's pause, and then of those of its activities. */
function pauseEntries(run: RunState, reason: string): PayloadInit {
  const entries = [`Workflow:${run.workflowId}`];
  if (reason !== "") entries.push(`Reason:${reason}`);
  const known = run.searchAttributes?.indexedFields?.get("TemporalPauseInfo")?.data;
  const ofActivities = known === undefined ? [] : JSON.parse(Buffer.from(known).toString("utf8"));
  return attributePayload("KeywordList", [...entries, ...ofActivities]);
}

function named(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== "");
}
