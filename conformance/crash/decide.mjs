/** The workflow code of the crash test: histories and messages in, commands and messages out. */
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const root = require("@temporalio/proto/protos/json-module.js");
const UPDATE = "temporal.api.update.v1";
const TIMER = { seconds: 0, nanos: 200_000_000 };
const CHILD_TYPE = "child";

/**
 * A parent runs an activity, a timer and a child, and ends when all have ended and it has taken
 * its signals and updates. A child ends at once.
 *
 * @param {object} task - A workflow task, with its whole history.
 * @param {{ signals: number, updates: number, taskQueue: object }} wanted
 */
export function decide(task, wanted) {
  const { events } = task.history;
  if (task.workflowType.name === CHILD_TYPE) return { commands: [complete()], messages: [] };
  const requests = task.messages ?? [];
  const messages = requests.flatMap(answersTo);
  const commands = messages.map(({ id }) => ({
    commandType: "COMMAND_TYPE_PROTOCOL_MESSAGE",
    protocolMessageCommandAttributes: { messageId: id },
  }));
  const count = (name) => events.filter((event) => event[`${name}EventAttributes`]).length;
  if (count("activityTaskScheduled") === 0) commands.push(...firstCommands(task, wanted));
  const updates = count("workflowExecutionUpdateCompleted") + requests.length;
  const isDone =
    ["activityTaskCompleted", "timerFired", "childWorkflowExecutionCompleted"].every(count) &&
    count("workflowExecutionSignaled") >= wanted.signals &&
    updates >= wanted.updates;
  if (isDone) commands.push(complete());
  return { commands, messages };
}

function firstCommands({ workflowExecution: { workflowId } }, { taskQueue }) {
  return [
    {
      commandType: "COMMAND_TYPE_SCHEDULE_ACTIVITY_TASK",
      scheduleActivityTaskCommandAttributes: {
        activityId: "1",
        activityType: { name: "work" },
        taskQueue,
        startToCloseTimeout: { seconds: 2 },
        retryPolicy: { initialInterval: { nanos: 100_000_000 } },
      },
    },
    {
      commandType: "COMMAND_TYPE_START_TIMER",
      startTimerCommandAttributes: { timerId: "1", startToFireTimeout: TIMER },
    },
    {
      commandType: "COMMAND_TYPE_START_CHILD_WORKFLOW_EXECUTION",
      startChildWorkflowExecutionCommandAttributes: {
        workflowId: `${workflowId}/child`,
        workflowType: { name: CHILD_TYPE },
        taskQueue,
      },
    },
  ];
}

function complete() {
  return {
    commandType: "COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION",
    completeWorkflowExecutionCommandAttributes: {},
  };
}

/** Accepts and completes the update that a message of the server asks for. */
function answersTo({ id, protocolInstanceId, eventId, body }) {
  const acceptedRequest = root.lookupType(`${UPDATE}.Request`).decode(body.value);
  const { meta } = acceptedRequest;
  const pack = (kind, name, value) => {
    const type = root.lookupType(`${UPDATE}.${name}`);
    const typeUrl = `type.googleapis.com/${UPDATE}.${name}`;
    const packed = type.encode(type.fromObject(value)).finish();
    return { id: `${id}/${kind}`, protocolInstanceId, body: { type_url: typeUrl, value: packed } };
  };
  const acceptance = {
    acceptedRequestMessageId: id,
    acceptedRequestSequencingEventId: eventId,
    acceptedRequest,
  };
  return [
    pack("accept", "Acceptance", acceptance),
    pack("complete", "Response", { meta, outcome: { success: {} } }),
  ];
}
