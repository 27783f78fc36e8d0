/** Fields of `temporal.api.workflow.v1.WorkflowExecutionOptions` that a field mask can name. */
const OPTIONS_PATHS: ReadonlySet<string> = new Set([
  "versioning_override",
  "versioning_override.behavior",
  "versioning_override.deployment",
  "versioning_override.deployment.series_name",
  "versioning_override.deployment.build_id",
  "versioning_override.pinned_version",
  "versioning_override.pinned",
  "versioning_override.pinned.behavior",
  "versioning_override.pinned.version",
  "versioning_override.pinned.version.build_id",
  "versioning_override.pinned.version.deployment_name",
  "versioning_override.auto_upgrade",
  "versioning_override.one_time",
  "versioning_override.one_time.target_deployment_version",
  "versioning_override.one_time.target_deployment_version.build_id",
  "versioning_override.one_time.target_deployment_version.deployment_name",
  "priority",
  "priority.priority_key",
  "priority.fairness_key",
  "priority.fairness_weight",
  "time_skipping_config",
  "time_skipping_config.enabled",
  "time_skipping_config.fast_forward",
  "time_skipping_config.disable_propagation",
]);

/** Says which path names no option; `undefined` when all do. */
export function invalidOptionsPath(paths: readonly string[]): string | undefined {
  const invalid = paths.find((path) => !OPTIONS_PATHS.has(path));
  if (invalid === undefined) return undefined;
  const message = "temporal.api.workflow.v1.WorkflowExecutionOptions";
  return `proto: invalid path ${JSON.stringify(invalid)} for message ${JSON.stringify(message)}`;
}
