import type { ResetPoint } from "@perdure/proto/perdure/internal/v1";
import type { ResetPointInfoInit, ResetPointsInit } from "@perdure/proto/temporal/api/workflow/v1";
import type { List } from "immutable";
import { timestampMs, toTimestamp } from "../wire-time.js";
import type { Step } from "./step.js";

/** `history.historyMaxAutoResetPoints` */
const RESET_POINTS_MAX = 20;

/**
 * Adds the first workflow task that a version of the worker completed; later ones change nothing.
 */
export function addResetPoint(points: List<ResetPoint>, point: ResetPoint): List<ResetPoint> {
  const isKnown = points.some(
    ({ binaryChecksum, buildId }) =>
      binaryChecksum === point.binaryChecksum && buildId === point.buildId,
  );
  return isKnown ? points : points.push(point).takeLast(RESET_POINTS_MAX);
}

/** Reset points of the runs before, as a started event carries them. */
export function readResetPoints(points: ResetPointsInit | undefined): ResetPoint[] {
  return (points?.points ?? []).map((point) => ({
    buildId: point.buildId ?? "",
    binaryChecksum: point.binaryChecksum ?? "",
    runId: point.runId ?? "",
    firstCompletedEventId: Number(point.firstWorkflowTaskCompletedId ?? 0n),
    createdAtMs: timestampMs(point.createTime),
    resettable: point.resettable ?? false,
    expiresAtMs: timestampMs(point.expireTime),
  }));
}

/** The points that the next run of the chain takes over. Those of this run go with its history. */
export function carriedResetPoints(step: Step): ResetPointsInit {
  const { namespaceId, runId, resetPoints } = step.draft;
  const retentionMs = step.environment.rules?.retentionMsOf(namespaceId);
  const expiresAtMs = retentionMs === undefined ? 0 : step.nowMs + retentionMs;
  const points = resetPoints
    .filter((point) => point.expiresAtMs === 0 || point.expiresAtMs >= step.nowMs)
    .map((point) => (point.runId === runId ? { ...point, expiresAtMs } : point));
  return toResetPoints(points);
}

/** Reset points as clients see them. */
export function toResetPoints(points: List<ResetPoint>): ResetPointsInit {
  return {
    points: points.toArray().map(
      (point): ResetPointInfoInit => ({
        buildId: point.buildId,
        binaryChecksum: point.binaryChecksum,
        runId: point.runId,
        firstWorkflowTaskCompletedId: BigInt(point.firstCompletedEventId),
        createTime: toTimestamp(point.createdAtMs),
        expireTime: point.expiresAtMs === 0 ? undefined : toTimestamp(point.expiresAtMs),
        resettable: point.resettable,
      }),
    ),
  };
}
