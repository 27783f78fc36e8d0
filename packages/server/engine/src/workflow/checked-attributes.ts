import { InvalidArgumentError } from "@perdure/kernel";
import type { SearchAttributesInit } from "@perdure/proto/temporal/api/common/v1";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { BadCommandError } from "./bad-command-error.js";
import { typedSearchAttributes } from "./search-attributes.js";
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
