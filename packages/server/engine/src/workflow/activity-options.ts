import { InvalidArgumentError } from "@perdure/kernel";
import type { FieldMaskInit } from "@perdure/proto/google/protobuf";
import type { ActivityOptionsInit } from "@perdure/proto/temporal/api/activity/v1";
import { checkRetryPolicy } from "./retry-policy.js";
import type { Activity } from "./run-state.js";

/** What may be changed about an activity after it was scheduled. */
export type ActivityOptions = Pick<
  ActivityOptionsInit,
  | "taskQueue"
  | "scheduleToCloseTimeout"
  | "scheduleToStartTimeout"
  | "startToCloseTimeout"
  | "heartbeatTimeout"
  | "retryPolicy"
  | "priority"
  | "startDelay"
>;

/** The options that hold for an activity: the changed ones, or those of its scheduled event. */
export function optionsOf(activity: Activity): ActivityOptions {
  return activity.progress.options ?? activity.scheduled;
}

const PRIORITY_PARTS = ["priorityKey", "fairnessKey", "fairnessWeight"] as const;
const RETRY_PARTS = [
  "initialInterval",
  "backoffCoefficient",
  "maximumInterval",
  "maximumAttempts",
] as const;
const TIMEOUTS = [
  "scheduleToCloseTimeout",
  "scheduleToStartTimeout",
  "startToCloseTimeout",
  "heartbeatTimeout",
] as const;

/**
 * The fields that a mask names, as JSON has them: both `retry_policy.maximum_attempts` and
 * `retryPolicy.maximumAttempts` are `retryPolicy.maximumAttempts`.
 */
export function maskedFields(mask: FieldMaskInit): ReadonlySet<string> {
  return new Set((mask.paths ?? []).map((path) => path.split(".").map(toCamelCase).join(".")));
}

function toCamelCase(name: string): string {
  const [first = "", ...rest] = name.split("_");
  const others = rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase());
  return [first.slice(0, 1).toLowerCase() + first.slice(1), ...others].join("");
}

/**
 * Puts the named fields of `from` into options; names of other fields are passed over.
 *
 * @throws {InvalidArgumentError} A field is named whose parent `from` lacks.
 */
export function mergeOptions(
  into: ActivityOptions,
  from: ActivityOptions,
  fields: ReadonlySet<string>,
): ActivityOptions {
  const merged: { -readonly [Field in keyof ActivityOptions]: ActivityOptions[Field] } = {
    ...into,
  };
  if (fields.has("taskQueue.name")) {
    merged.taskQueue = { ...merged.taskQueue, name: provided(from.taskQueue, "TaskQueue").name };
  }
  for (const timeout of TIMEOUTS) if (fields.has(timeout)) merged[timeout] = from[timeout];
  if (fields.has("priority")) merged.priority = from.priority;
  const priorityParts = PRIORITY_PARTS.filter((part) => fields.has(`priority.${part}`));
  if (priorityParts.length > 0) {
    merged.priority = withParts(
      merged.priority,
      provided(from.priority, "Priority"),
      priorityParts,
    );
  }
  if (fields.has("retryPolicy")) merged.retryPolicy = provided(from.retryPolicy, "RetryPolicy");
  const retryParts = RETRY_PARTS.filter((part) => fields.has(`retryPolicy.${part}`));
  if (retryParts.length > 0) {
    const given = provided(from.retryPolicy, "RetryPolicy");
    merged.retryPolicy = withParts(merged.retryPolicy, given, retryParts);
    checkRetryPolicy(merged.retryPolicy);
  }
  if (fields.has("startDelay")) merged.startDelay = from.startDelay;
  return merged;
}

function provided<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new InvalidArgumentError(`${name} is not provided`);
  return value;
}

function withParts<T extends object>(into: T | undefined, from: T, parts: readonly (keyof T)[]): T {
  const taken = Object.fromEntries(parts.map((part) => [part, from[part]]));
  return { ...into, ...taken } as T;
}
