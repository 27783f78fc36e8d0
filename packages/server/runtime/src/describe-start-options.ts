import {
  overrideTarget,
  type RunState,
  UNVERSIONED_TEXT,
  versioningOverrideOf,
  versionText,
} from "@perdure/engine";
import { EventType, VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import type {
  RequestIdInfoInit,
  VersioningOverrideInit,
  WorkflowExecutionVersioningInfoInit,
} from "@perdure/proto/temporal/api/workflow/v1";

/** The versioning of a run that has or had a version or an override; `undefined` for others. */
export function versioningInfo(state: RunState): WorkflowExecutionVersioningInfoInit | undefined {
  const override = versioningOverrideOf(state);
  const { options, versioning } = state.uncommon;
  const hadOverride = override !== undefined || options?.hasVersioning === true;
  if (versioning?.isVersioned !== true) {
    return hadOverride ? { versioningOverride: shownOverride(override) } : undefined;
  }
  const { behavior, version, transition, revision, initialBehavior } = versioning;
  return {
    behavior,
    version: version && versionText(version),
    deploymentVersion: version,
    versioningOverride: shownOverride(override),
    versionTransition: transition && {
      version: transition.version ? versionText(transition.version) : UNVERSIONED_TEXT,
      deploymentVersion: transition.version,
    },
    revisionNumber: BigInt(revision),
    continueAsNewInitialVersioningBehavior: initialBehavior,
  };
}

/** An override with what the older fields of the API tell of it. */
function shownOverride(
  versioningOverride: VersioningOverrideInit | undefined,
): VersioningOverrideInit | undefined {
  const { override } = versioningOverride ?? {};
  if (override?.kind === "autoUpgrade") {
    return { ...versioningOverride, behavior: VersioningBehavior.AUTO_UPGRADE };
  }
  const target = overrideTarget(versioningOverride);
  if (override?.kind !== "pinned" || target === undefined) return versioningOverride;
  const behavior = VersioningBehavior.PINNED;
  return { ...versioningOverride, behavior, pinnedVersion: versionText(target) };
}

/** The event of every request that the run keeps the ID of; one that waits has no ID yet. */
export function requestIdInfos(state: RunState): ReadonlyMap<string, RequestIdInfoInit> {
  const accepted = state.updates.valueSeq().map(({ acceptedEventId }) => acceptedEventId);
  const acceptedEventIds = new Set(accepted);
  const infos = new Map<string, RequestIdInfoInit>();
  const { firstRequestId, firstEventId } = state.signals;
  const admitted = admittedRequestIds(state);
  for (const [requestId, eventId] of state.requestIds) {
    const isAdmitted = eventId === 0 && admitted.has(requestId);
    const eventType = isAdmitted
      ? EventType.WORKFLOW_EXECUTION_UPDATE_ADMITTED
      : eventTypeOf(eventId, acceptedEventIds.has(eventId));
    // The official server tells the signal's event when a start and its signal are one request.
    const shownEventId = requestId === firstRequestId ? firstEventId : eventId;
    infos.set(requestId, { eventType, eventId: BigInt(shownEventId), buffered: eventId === 0 });
  }
  return infos;
}

/** Request IDs of updates that an event admitted and that the workflow has not answered. */
function admittedRequestIds(state: RunState): ReadonlySet<string> {
  const admitted = [...state.admittedUpdates.values()].filter((update) => update.isByEvent);
  return new Set(admitted.map(({ request }) => request.requestId ?? ""));
}

function eventTypeOf(eventId: number, isUpdate: boolean): EventType {
  if (eventId === 1) return EventType.WORKFLOW_EXECUTION_STARTED;
  return isUpdate
    ? EventType.WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    : EventType.WORKFLOW_EXECUTION_OPTIONS_UPDATED;
}
