import {
  type ActivityOptions,
  checkDuration,
  checkRetryPolicy,
  checkUserQueueName,
  maskedFields,
  type RunLimits,
  withRetryDefaults,
} from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import type { DurationInit, FieldMask } from "@perdure/proto/google/protobuf";
import type { RetryPolicyInit } from "@perdure/proto/temporal/api/common/v1";
import { checkPriority } from "./option-checks.js";

const TIMEOUTS = [
  ["scheduleToCloseTimeout", "ScheduleToCloseTimeout"],
  ["scheduleToStartTimeout", "ScheduleToStartTimeout"],
  ["startToCloseTimeout", "StartToCloseTimeout"],
  ["heartbeatTimeout", "HeartbeatTimeout"],
] as const;

const FIELDS: ReadonlySet<string> = new Set([
  "taskQueue.name",
  ...TIMEOUTS.map(([field]) => field),
  "priority",
  "priority.priorityKey",
  "priority.fairnessKey",
  "priority.fairnessWeight",
  "retryPolicy",
  "retryPolicy.initialInterval",
  "retryPolicy.backoffCoefficient",
  "retryPolicy.maximumInterval",
  "retryPolicy.maximumAttempts",
  "startDelay",
]);

/**
 * Checks a request to change the options of one activity. Returns the options with the defaults of
 * a retry policy that replaces another as a whole.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkActivityOptionsUpdate<O extends ActivityOptions>(
  request: {
    readonly activityOptions: O | undefined;
    readonly updateMask: FieldMask | undefined;
    readonly restoreOriginal: boolean;
  },
  limits: RunLimits,
): O | undefined {
  const { activityOptions: options, updateMask: mask } = request;
  const paths = mask?.paths ?? [];
  if (request.restoreOriginal) {
    if (paths.length === 0) return options;
    throw new InvalidArgumentError("Both UpdateMask and RestoreOriginal are provided");
  }
  if (options === undefined) throw new InvalidArgumentError("ActivityOptions are not provided");
  if (mask === undefined) throw new InvalidArgumentError("UpdateMask is not provided");
  if (paths.length === 0) {
    throw new InvalidArgumentError("UpdateMask must specify at least one path");
  }
  for (const path of paths) checkPath(path);
  return checkFields(options, maskedFields(mask), limits);
}

function checkPath(path: string): void {
  const [field = ""] = maskedFields({ paths: [path] });
  if (FIELDS.has(field)) return;
  throw new InvalidArgumentError(`unsupported update_mask path: ${JSON.stringify(path)}`);
}

function checkFields<O extends ActivityOptions>(
  options: O,
  fields: ReadonlySet<string>,
  limits: RunLimits,
): O {
  if (fields.has("taskQueue.name")) {
    if (options.taskQueue === undefined) throw new InvalidArgumentError("taskQueue is not set");
    checkUserQueueName(options.taskQueue.name ?? "", limits);
  }
  for (const [field, name] of TIMEOUTS) if (fields.has(field)) checkSpan(options[field], name);
  checkPriorityFields(options, fields);
  const retryPolicy = checkedRetry(options.retryPolicy, fields, limits);
  return { ...options, retryPolicy };
}

/**
 * Checks that a duration is legal.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkSpan(duration: DurationInit | undefined, name: string): void {
  checkDuration(duration, `invalid ${name}`);
}

function checkPriorityFields({ priority }: ActivityOptions, fields: ReadonlySet<string>): void {
  if (fields.has("priority")) checkPriority(priority);
  for (const part of ["priorityKey", "fairnessKey", "fairnessWeight"] as const) {
    if (fields.has(`priority.${part}`)) checkPriority({ [part]: priority?.[part] });
  }
}

function checkedRetry(
  policy: RetryPolicyInit | undefined,
  fields: ReadonlySet<string>,
  limits: RunLimits,
): RetryPolicyInit | undefined {
  const whole = fields.has("retryPolicy")
    ? withRetryDefaults(policy ?? {}, limits.defaultRetry)
    : policy;
  if (fields.has("retryPolicy")) checkRetryPolicy(whole ?? {});
  if (fields.has("retryPolicy.initialInterval")) {
    checkSpan(whole?.initialInterval, "InitialInterval set on retry policy");
  }
  const hasCoefficient = fields.has("retryPolicy.backoffCoefficient");
  if (hasCoefficient && (whole?.backoffCoefficient ?? 0) < 1) {
    throw new InvalidArgumentError("BackoffCoefficient cannot be less than 1 on retry policy.");
  }
  if (fields.has("retryPolicy.maximumInterval")) {
    checkSpan(whole?.maximumInterval, "MaximumInterval set on retry policy");
  }
  if (fields.has("retryPolicy.maximumAttempts") && (whole?.maximumAttempts ?? 0) < 0) {
    throw new InvalidArgumentError("MaximumAttempts cannot be negative on retry policy.");
  }
  return whole;
}
