import type {
  ModifyWorkflowPropertiesCommandAttributesInit,
  UpsertWorkflowSearchAttributesCommandAttributesInit,
} from "@perdure/proto/temporal/api/command/v1";
import { Memo, type PayloadInit } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { BadCommandError } from "./bad-command-error.js";
import { checkAttributesFit, checkedAttributes } from "./checked-attributes.js";
import { mergeMemo, mergeSearchAttributes } from "./payload-fields.js";
import type { Step } from "./step.js";

/** Sets and unsets search attributes of the run. */
export function upsertSearchAttributes(
  step: Step,
  command: UpsertWorkflowSearchAttributesCommandAttributesInit,
  workflowTaskCompletedEventId: bigint,
): void {
  const cause = WorkflowTaskFailedCause.BAD_SEARCH_ATTRIBUTES;
  const { searchAttributes } = command;
  if (searchAttributes === undefined) {
    throw new BadCommandError(
      cause,
      "SearchAttributes is not set on UpsertWorkflowSearchAttributesCommand.",
    );
  }
  if ((searchAttributes.indexedFields?.size ?? 0) === 0) {
    throw new BadCommandError(
      cause,
      "IndexedFields is not set on UpsertWorkflowSearchAttributesCommand.",
    );
  }
  const typed = checkedAttributes(step, searchAttributes) ?? searchAttributes;
  if (
    sizeOf(searchAttributes.indexedFields ?? new Map()) > step.environment.limits.blobSizeMaxBytes
  ) {
    const message = "UpsertWorkflowSearchAttributesCommandAttributes exceeds size limit.";
    throw new BadCommandError(cause, message, true);
  }
  checkAttributesFit(step, mergeSearchAttributes(step.draft.searchAttributes, typed), cause);
  const value = { searchAttributes: typed, workflowTaskCompletedEventId };
  step.record({ kind: "upsertWorkflowSearchAttributesEventAttributes", value });
  step.changeList();
}

/** Sets and unsets fields of the run's memo. */
export function modifyProperties(
  step: Step,
  command: ModifyWorkflowPropertiesCommandAttributesInit,
  workflowTaskCompletedEventId: bigint,
): void {
  const { upsertedMemo } = command;
  const cause = WorkflowTaskFailedCause.BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES;
  if (upsertedMemo === undefined) {
    throw new BadCommandError(cause, "UpsertedMemo is not set on ModifyWorkflowPropertiesCommand.");
  }
  if ((upsertedMemo.fields?.size ?? 0) === 0) {
    throw new BadCommandError(
      cause,
      "UpsertedMemo.Fields is not set on ModifyWorkflowPropertiesCommand.",
    );
  }
  const { limits } = step.environment;
  if (sizeOf(upsertedMemo.fields ?? new Map()) > limits.blobSizeMaxBytes) {
    const message = "ModifyWorkflowPropertiesCommandAttributes exceeds size limit.";
    throw new BadCommandError(cause, message, true);
  }
  const merged = mergeMemo(step.draft.memo, upsertedMemo);
  if (Memo.encode(merged).length > limits.memoSizeMaxBytes) {
    const message = "ModifyWorkflowPropertiesCommandAttributes. Memo exceeds size limit.";
    throw new BadCommandError(cause, message, true);
  }
  const value = { upsertedMemo, workflowTaskCompletedEventId };
  step.record({ kind: "workflowPropertiesModifiedEventAttributes", value });
  step.changeList();
}

function sizeOf(fields: ReadonlyMap<string, PayloadInit>): number {
  let bytes = 0;
  for (const [name, { data }] of fields) bytes += Buffer.byteLength(name) + (data?.length ?? 0);
  return bytes;
}
