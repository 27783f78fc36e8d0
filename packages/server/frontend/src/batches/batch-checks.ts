import { isActivityBatch } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { ExecutionType, ResetType } from "@perdure/proto/temporal/api/enums/v1";
import type { StartBatchOperationRequest } from "@perdure/proto/temporal/api/workflowservice/v1";
import { checkTimeSkipping } from "../workflow-service/workflow-options.js";

type Operation = NonNullable<StartBatchOperationRequest["operation"]>;

/**
 * Checks a request to start a batch operation, all but its query.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkBatchOperation(request: StartBatchOperationRequest): void {
  const { operation, reason, jobId, visibilityQuery, executions, targetExecutions } = request;
  const targets = [visibilityQuery, executions, targetExecutions];
  const targetCount = targets.filter(({ length }) => length > 0).length;
  if (operation === undefined || reason === "" || targetCount === 0) {
    throw new InvalidArgumentError(
      "must provide required parameters: BatchType,Reason,Namespace, AND one of (Query OR Executions OR TargetExecutions)",
    );
  }
  if (jobId === "") throw new InvalidArgumentError("JobId is not set on request.");
  if (targetCount > 1) {
    throw new InvalidArgumentError(
      "visibility query, executions, and target executions are mutually exclusive",
    );
  }
  const wanted = isActivityBatch(request) ? ExecutionType.ACTIVITY : ExecutionType.WORKFLOW;
  targetExecutions.forEach(({ type }, index) => {
    if (type === wanted) return;
    const name = typeName(type);
    throw new InvalidArgumentError(
      `target_executions[${index}] has type ${name}, but operation ${goName(operation)} requires ${typeName(wanted)}`,
    );
  });
  checkFields(operation);
}

function typeName(type: ExecutionType): string {
  const [name = String(type)] =
    Object.entries(ExecutionType).find(([, value]) => value === type) ?? [];
  return name.slice(0, 1) + name.slice(1).toLowerCase();
}

/** The operation as the official server calls it in its errors. */
function goName({ kind }: Operation): string {
  const name = kind.slice(0, 1).toUpperCase() + kind.slice(1);
  return `*workflowservice.StartBatchOperationRequest_${name}`;
}

const NO_ACTIVITIES = "Either activity type must be set, or match all should be set to true";

function checkFields(operation: Operation): void {
  switch (operation.kind) {
    case "signalOperation":
      if (operation.value.signal === "") {
        throw new InvalidArgumentError("must provide signal name");
      }
      return;
    case "updateWorkflowOptionsOperation":
      checkOptions(operation.value);
      return;
    case "resetOperation":
      checkReset(operation.value);
      return;
    case "unpauseActivitiesOperation":
      checkSelector(operation.value.activity, "activity filter must be set");
      return;
    case "resetActivitiesOperation":
      checkSelector(operation.value.activity, "must provide ActivityType or MatchAll");
      return;
    case "updateActivityOptionsOperation":
      checkActivityOptions(operation.value);
      return;
    default:
  }
}

type ValueOf<K extends Operation["kind"]> = Extract<Operation, { readonly kind: K }>["value"];

function checkOptions(options: ValueOf<"updateWorkflowOptionsOperation">): void {
  if (options.workflowExecutionOptions === undefined) {
    throw new InvalidArgumentError("must provide UpdateOptions");
  }
  if (options.updateMask === undefined) throw new InvalidArgumentError("must provide UpdateMask");
  checkTimeSkipping(options.workflowExecutionOptions);
}

function checkReset(reset: ValueOf<"resetOperation">): void {
  const { options, resetType } = reset;
  if (options !== undefined && options.target === undefined) {
    throw new InvalidArgumentError("batch reset missing target");
  }
  const isKnown =
    resetType === ResetType.FIRST_WORKFLOW_TASK || resetType === ResetType.LAST_WORKFLOW_TASK;
  if (options === undefined && !isKnown) {
    const name = resetType === ResetType.UNSPECIFIED ? "Unspecified" : String(resetType);
    throw new InvalidArgumentError(`unknown batch reset type ${name}`);
  }
  for (const { variant } of reset.postResetOperations) {
    if (variant?.kind !== "updateWorkflowOptions") continue;
    checkTimeSkipping(variant.value.workflowExecutionOptions);
  }
}

type ActivitySelection =
  | { readonly kind: "type"; readonly value: string }
  | { readonly kind: "matchAll"; readonly value: boolean };

function checkSelector(activity: ActivitySelection | undefined, missing: string): void {
  if (activity === undefined) throw new InvalidArgumentError(missing);
  // An empty type and a false `matchAll` select nothing.
  if (activity.value === "" || activity.value === false) {
    throw new InvalidArgumentError(NO_ACTIVITIES);
  }
}

function checkActivityOptions(update: ValueOf<"updateActivityOptionsOperation">): void {
  const { activityOptions, restoreOriginal, activity } = update;
  if (activityOptions !== undefined && restoreOriginal) {
    throw new InvalidArgumentError("cannot set both activity options and restore original");
  }
  if (activityOptions === undefined && !restoreOriginal) {
    throw new InvalidArgumentError(
      "Either activity type must be set, or restore original should be set to true",
    );
  }
  if (activity !== undefined) checkSelector(activity, NO_ACTIVITIES);
}

/** Checks the syntax of a query. What its names mean is found out when the operation begins. */
export async function checkBatchQuery(query: string): Promise<void> {
  if (query === "") return;
  const { readFilter } = await import("@perdure/visibility");
  const reading = readFilter(query);
  if (!("problem" in reading)) return;
  // Positions are those in a statement that is a letter shorter than the one of lists.
  const problem = reading.problem.replace(/(?<=position )\d+/, (text) => String(Number(text) - 1));
  throw new InvalidArgumentError(`invalid visibility query: ${problem}`);
}
