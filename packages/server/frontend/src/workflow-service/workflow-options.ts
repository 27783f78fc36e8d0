import {
  effectiveBehavior,
  effectiveVersion,
  invalidOptionsPath,
  type RunState,
} from "@perdure/engine";
import {
  FailedPreconditionError,
  InvalidArgumentError,
  isUuid,
  UnimplementedError,
} from "@perdure/kernel";
import { TaskKind } from "@perdure/persistence";
import type { WorkflowExecution } from "@perdure/proto/temporal/api/common/v1";
import { VersioningBehavior } from "@perdure/proto/temporal/api/enums/v1";
import {
  VersioningOverride_PinnedOverrideBehavior,
  type VersioningOverrideInit,
  type WorkflowExecutionOptionsInit,
} from "@perdure/proto/temporal/api/workflow/v1";
import type {
  UpdateWorkflowExecutionOptionsRequest,
  UpdateWorkflowExecutionOptionsResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { RunTarget } from "@perdure/runtime";
import { resolveNamespace } from "../namespaces/resolve-namespace.js";
import type { WorkflowServiceDeps } from "./deps.js";
import { checkPriority, checkVersioningOverride } from "./option-checks.js";

/** `temporal.api.workflowservice.v1.WorkflowService/UpdateWorkflowExecutionOptions` */
export async function updateWorkflowExecutionOptions(
  request: UpdateWorkflowExecutionOptionsRequest,
  deps: WorkflowServiceDeps,
): Promise<UpdateWorkflowExecutionOptionsResponseInit> {
  const namespace = resolveNamespace(deps, request.namespace);
  const { workflowExecution, workflowExecutionOptions: options, updateMask, identity } = request;
  if ((workflowExecution?.workflowId ?? "") === "") {
    throw new InvalidArgumentError("WorkflowId is not set on request.");
  }
  if (updateMask === undefined) throw new InvalidArgumentError("UpdateMask is required");
  if (options === undefined) {
    throw new InvalidArgumentError("WorkflowExecutionOptions is required");
  }
  const { paths } = updateMask;
  const invalid = invalidOptionsPath(paths);
  if (invalid !== undefined) {
    throw new InvalidArgumentError(`error parsing UpdateMask: ${invalid}`);
  }
  checkPriority(options.priority);
  checkTimeSkipping(options);
  const target = readRunTarget(namespace.id, workflowExecution);
  const workflowExecutionOptions = await deps.control.updateOptions(target, (state) => {
    return { options: checkedOptions(state, options, deps), paths, identity };
  });
  return { workflowExecutionOptions };
}

/**
 * Reads which run a request means, where the run is looked for before its ID is checked.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function readRunTarget(
  namespaceId: string,
  execution: Pick<WorkflowExecution, "workflowId" | "runId"> | undefined,
): RunTarget {
  const { workflowId = "", runId = "" } = execution ?? {};
  if (workflowId === "") {
    throw new InvalidArgumentError("Can't load workflow execution.  WorkflowId not set.");
  }
  if (runId !== "" && !isUuid(runId)) throw new InvalidArgumentError("RunId is not valid UUID.");
  return { namespaceId, workflowId, runId };
}

/** Source: the reference server as it comes, where the feature is switched off. */
export function checkTimeSkipping(options: WorkflowExecutionOptionsInit | undefined): void {
  if (options?.timeSkippingConfig === undefined) return;
  throw new UnimplementedError("The Time-Skipping feature is not enabled for namespace.");
}

/**
 * Checks an override; one that pins a run to no version in particular pins it to the one that it is
 * pinned to already.
 */
function checkedOptions(
  state: RunState,
  options: WorkflowExecutionOptionsInit,
  { deployments }: Pick<WorkflowServiceDeps, "deployments">,
): WorkflowExecutionOptionsInit {
  const override = fillVersion(state, options.versioningOverride);
  const name = state.started.taskQueue?.name ?? "";
  const queue = { namespaceId: state.namespaceId, name, taskKind: TaskKind.WORKFLOW };
  checkVersioningOverride(override, { queue, deployments });
  return override === options.versioningOverride
    ? options
    : { ...options, versioningOverride: override };
}

function fillVersion(
  state: RunState,
  given: VersioningOverrideInit | undefined,
): VersioningOverrideInit | undefined {
  if (given?.override?.kind !== "pinned") return given;
  const { behavior, version } = given.override.value;
  const { UNSPECIFIED } = VersioningOverride_PinnedOverrideBehavior;
  if ((behavior ?? UNSPECIFIED) === UNSPECIFIED || version !== undefined) return given;
  const present = effectiveBehavior(state);
  if (present !== VersioningBehavior.PINNED) {
    const shown = present === VersioningBehavior.AUTO_UPGRADE ? "AutoUpgrade" : "Unspecified";
    throw new FailedPreconditionError(
      `must specify a specific pinned override version because workflow with id ${state.workflowId} has behavior ${shown} and is not yet pinned to any version`,
    );
  }
  return { override: { kind: "pinned", value: { behavior, version: effectiveVersion(state) } } };
}
