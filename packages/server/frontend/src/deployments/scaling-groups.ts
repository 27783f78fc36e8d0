import { InvalidArgumentError } from "@perdure/kernel";
import type {
  ComputeConfigScalingGroup,
  ComputeConfigScalingGroupUpdate,
} from "@perdure/proto/temporal/api/compute/v1";

type ScalingGroups = ReadonlyMap<string, ComputeConfigScalingGroup | undefined>;

/** The scaling groups that a request adds or changes. */
export function groupsOf(
  updates: ReadonlyMap<string, ComputeConfigScalingGroupUpdate>,
): ScalingGroups {
  return new Map([...updates].map(([name, { scalingGroup }]) => [name, scalingGroup]));
}

/**
 * Checks scaling groups. This server has no provider that could run workers, so none is legal.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkScalingGroups(groups: ScalingGroups): void {
  for (const [name, group] of groups) {
    const type = group?.provider?.type ?? "";
    throw new InvalidArgumentError(`entry ${name}: invalid compute provider type '${type}'`);
  }
}
