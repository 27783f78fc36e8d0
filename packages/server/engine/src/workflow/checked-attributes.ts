import { InvalidArgumentError } from "@perdure/kernel";
import type { SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { BadCommandError } from "./bad-command-error.js";
import { checkAttributeSizes, typedSearchAttributes } from "./search-attributes.js";
import type { Step } from "./step.js";

/** Checks search attributes of a command; illegal ones fail the workflow task. */
export function checkedAttributes(
  step: Step,
  attributes: SearchAttributesInit | undefined,
): SearchAttributesInit | undefined {
  if (attributes === undefined) return undefined;
  const schema = step.environment.rules?.attributeSchemaOf(step.run.namespaceId);
  if (schema === undefined) return attributes;
  try {
    return typedSearchAttributes(attributes, schema, step.environment.limits);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new BadCommandError(WorkflowTaskFailedCause.BAD_SEARCH_ATTRIBUTES, error.message);
  }
}

/**
 * Checks how large search attributes of a command, or of a run, are.
 *
 * @throws {BadCommandError} Fatal: what is too large will be too large again.
 */
export function checkAttributesFit(
  step: Step,
  attributes: SearchAttributesInit | undefined,
  cause: WorkflowTaskFailedCause,
): void {
  if (attributes === undefined) return;
  try {
    checkAttributeSizes(attributes, step.environment.limits);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    throw new BadCommandError(cause, error.message, true);
  }
}
