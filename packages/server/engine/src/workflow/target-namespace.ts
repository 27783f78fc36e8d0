import { NamespaceNotFoundError, present } from "@perdure/kernel";
import type { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import { BadCommandError } from "./bad-command-error.js";
import type { Step } from "./step.js";

/** The namespace that a command is about. */
export interface TargetNamespace {
  readonly id: string;
  readonly name: string;
}

/**
 * Finds the namespace that a command names; the run's own when it names none.
 *
 * @throws {NamespaceNotFoundError} None has this name: the completion is refused, its task stays.
 * @throws {BadCommandError} It is another one than the run's, and such commands are not allowed.
 */
export function targetNamespace(
  step: Step,
  name: string,
  cause: WorkflowTaskFailedCause,
): TargetNamespace {
  const { namespaces, limits } = step.environment;
  const { namespaceId } = step.draft;
  if (name === "") {
    const ownName = present(namespaces.nameOf(namespaceId), "The namespace of a run exists");
    return { id: namespaceId, name: ownName };
  }
  const id = namespaces.idOf(name);
  if (id === undefined) throw new NamespaceNotFoundError(name);
  if (id !== namespaceId && !limits.isCrossNamespaceAllowed) {
    throw new BadCommandError(cause, "cross namespace commands are not allowed");
  }
  return { id, name };
}
