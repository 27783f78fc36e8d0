import type { Plain, PlainObject } from "./wire/plain.js";

/** A workflow command: `command("START_TIMER", { timerId: "t", startToFireTimeout: "1s" })`. */
export function command(name: string, attributes: PlainObject): PlainObject {
  const camelCase = name
    .toLowerCase()
    .replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  return { commandType: `COMMAND_TYPE_${name}`, [`${camelCase}CommandAttributes`]: attributes };
}

/** A `ScheduleActivityTask` command with the type `Act`, the id `a1` and ten seconds to run. */
export function scheduleActivity(queue: string, attributes: PlainObject = {}): PlainObject {
  return command("SCHEDULE_ACTIVITY_TASK", {
    activityId: "a1",
    activityType: { name: "Act" },
    taskQueue: { name: queue },
    startToCloseTimeout: "10s",
    ...attributes,
  });
}

/** A `CompleteWorkflowExecution` command. */
export function completeWorkflow(result?: Plain): PlainObject {
  const attributes = result === undefined ? {} : { result: payloads(result) };
  return command("COMPLETE_WORKFLOW_EXECUTION", attributes);
}

/** Values as SDKs put them on the wire, encoded as JSON. */
export function payloads(...values: readonly Plain[]): PlainObject {
  return { payloads: values.map(payload) };
}

/** One value as SDKs put it on the wire, encoded as JSON. */
export function payload(value: Plain): PlainObject {
  return { metadata: { encoding: "json/plain" }, data: JSON.stringify(value) };
}

/** An application failure. */
export function applicationFailure(message: string, info: PlainObject = {}): PlainObject {
  return { message, source: "differential", applicationFailureInfo: { type: "Broken", ...info } };
}
