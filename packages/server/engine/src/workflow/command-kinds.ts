import { InvalidArgumentError } from "@perdure/kernel";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import {
  CommandType,
  CommandType$names,
  WorkflowTaskFailedCause,
} from "@perdure/proto/temporal/api/enums/v1";
import { BadCommandError } from "./bad-command-error.js";

const CLOSING_COMMANDS: ReadonlySet<CommandType> = new Set([
  CommandType.COMPLETE_WORKFLOW_EXECUTION,
  CommandType.FAIL_WORKFLOW_EXECUTION,
  CommandType.CANCEL_WORKFLOW_EXECUTION,
  CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
]);

/** Whether a command of this type closes the run. */
export function isClosingCommand(type: CommandType): boolean {
  return CLOSING_COMMANDS.has(type);
}

/**
 * Checks that nothing follows a closing command and that all types are known.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkCommandSequence(commands: readonly CommandInit[]): void {
  let closing: CommandType | undefined;
  for (const command of commands) {
    const type = command.commandType ?? CommandType.UNSPECIFIED;
    if (closing !== undefined) {
      const names = commands.map((each) => shortName(each.commandType ?? CommandType.UNSPECIFIED));
      throw new InvalidArgumentError(
        `invalid command sequence: [${names.join(", ")}], command ${shortName(closing)} must be the last command.`,
      );
    }
    if (type === CommandType.UNSPECIFIED || !CommandType$names.has(type)) {
      throw new InvalidArgumentError(`unknown command type: ${shortName(type)}`);
    }
    if (CLOSING_COMMANDS.has(type)) closing = type;
  }
}

/** The name of a command type as the official server prints it: `StartTimer`. */
function shortName(type: CommandType): string {
  const name = CommandType$names.get(type);
  if (name === undefined) return String(type);
  const words = name.replace("COMMAND_TYPE_", "").toLowerCase().split("_");
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

type CommandKind = NonNullable<CommandInit["attributes"]>["kind"];

const KIND_OF_COMMAND: ReadonlyMap<CommandType, CommandKind> = new Map([
  [CommandType.SCHEDULE_ACTIVITY_TASK, "scheduleActivityTaskCommandAttributes"],
  [CommandType.REQUEST_CANCEL_ACTIVITY_TASK, "requestCancelActivityTaskCommandAttributes"],
  [CommandType.START_TIMER, "startTimerCommandAttributes"],
  [CommandType.CANCEL_TIMER, "cancelTimerCommandAttributes"],
  [CommandType.COMPLETE_WORKFLOW_EXECUTION, "completeWorkflowExecutionCommandAttributes"],
  [CommandType.FAIL_WORKFLOW_EXECUTION, "failWorkflowExecutionCommandAttributes"],
  [CommandType.CANCEL_WORKFLOW_EXECUTION, "cancelWorkflowExecutionCommandAttributes"],
  [CommandType.RECORD_MARKER, "recordMarkerCommandAttributes"],
  [
    CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    "continueAsNewWorkflowExecutionCommandAttributes",
  ],
  [
    CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES,
    "upsertWorkflowSearchAttributesCommandAttributes",
  ],
  [CommandType.MODIFY_WORKFLOW_PROPERTIES, "modifyWorkflowPropertiesCommandAttributes"],
  [CommandType.PROTOCOL_MESSAGE, "protocolMessageCommandAttributes"],
  [CommandType.START_CHILD_WORKFLOW_EXECUTION, "startChildWorkflowExecutionCommandAttributes"],
  [
    CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
    "signalExternalWorkflowExecutionCommandAttributes",
  ],
  [
    CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
    "requestCancelExternalWorkflowExecutionCommandAttributes",
  ],
  [CommandType.SCHEDULE_NEXUS_OPERATION, "scheduleNexusOperationCommandAttributes"],
  [CommandType.REQUEST_CANCEL_NEXUS_OPERATION, "requestCancelNexusOperationCommandAttributes"],
] as const);

const CAUSE_OF_COMMAND: ReadonlyMap<CommandType, WorkflowTaskFailedCause> = new Map([
  [CommandType.SCHEDULE_ACTIVITY_TASK, WorkflowTaskFailedCause.BAD_SCHEDULE_ACTIVITY_ATTRIBUTES],
  [
    CommandType.REQUEST_CANCEL_ACTIVITY_TASK,
    WorkflowTaskFailedCause.BAD_REQUEST_CANCEL_ACTIVITY_ATTRIBUTES,
  ],
  [CommandType.START_TIMER, WorkflowTaskFailedCause.BAD_START_TIMER_ATTRIBUTES],
  [CommandType.CANCEL_TIMER, WorkflowTaskFailedCause.BAD_CANCEL_TIMER_ATTRIBUTES],
  [
    CommandType.COMPLETE_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_COMPLETE_WORKFLOW_EXECUTION_ATTRIBUTES,
  ],
  [
    CommandType.FAIL_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_FAIL_WORKFLOW_EXECUTION_ATTRIBUTES,
  ],
  [
    CommandType.CANCEL_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_CANCEL_WORKFLOW_EXECUTION_ATTRIBUTES,
  ],
  [CommandType.RECORD_MARKER, WorkflowTaskFailedCause.BAD_RECORD_MARKER_ATTRIBUTES],
  [
    CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_CONTINUE_AS_NEW_ATTRIBUTES,
  ],
  [CommandType.UPSERT_WORKFLOW_SEARCH_ATTRIBUTES, WorkflowTaskFailedCause.BAD_SEARCH_ATTRIBUTES],
  [
    CommandType.MODIFY_WORKFLOW_PROPERTIES,
    WorkflowTaskFailedCause.BAD_MODIFY_WORKFLOW_PROPERTIES_ATTRIBUTES,
  ],
  [
    CommandType.START_CHILD_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_START_CHILD_EXECUTION_ATTRIBUTES,
  ],
  [
    CommandType.SIGNAL_EXTERNAL_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_SIGNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
  ],
  [
    CommandType.REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION,
    WorkflowTaskFailedCause.BAD_REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_ATTRIBUTES,
  ],
  [
    CommandType.SCHEDULE_NEXUS_OPERATION,
    WorkflowTaskFailedCause.BAD_SCHEDULE_NEXUS_OPERATION_ATTRIBUTES,
  ],
  [
    CommandType.REQUEST_CANCEL_NEXUS_OPERATION,
    WorkflowTaskFailedCause.BAD_REQUEST_CANCEL_NEXUS_OPERATION_ATTRIBUTES,
  ],
  [CommandType.PROTOCOL_MESSAGE, WorkflowTaskFailedCause.BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE],
]);

/** The field that a command of this type has its attributes in; `undefined` when it is unknown. */
export function commandKind(type: CommandType): CommandKind | undefined {
  return KIND_OF_COMMAND.get(type);
}

/** The refusal of a command without attributes, or of one that this server does not know. */
export function missingAttributes(type: CommandType): BadCommandError {
  const name = shortName(type);
  const cause = CAUSE_OF_COMMAND.get(type) ?? WorkflowTaskFailedCause.UNSPECIFIED;
  if (!KIND_OF_COMMAND.has(type)) {
    return new BadCommandError(cause, `Command ${name} is not implemented by this server`);
  }
  const empty = EMPTY_NEXUS_COMMANDS.get(type);
  if (empty !== undefined) return new BadCommandError(cause, empty);
  return new BadCommandError(cause, `${name}CommandAttributes is not set on ${name}Command.`);
}

/** Commands whose refusal the official server words in another way. */
const EMPTY_NEXUS_COMMANDS: ReadonlyMap<CommandType, string> = new Map([
  [CommandType.SCHEDULE_NEXUS_OPERATION, "empty ScheduleNexusOperationCommandAttributes"],
  [CommandType.REQUEST_CANCEL_NEXUS_OPERATION, "empty CancelNexusOperationCommandAttributes"],
]);
