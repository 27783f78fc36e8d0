import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";

/** One step of a simulated workflow; the next begins when it is done. */
export type ProgramStep =
  | { readonly kind: "activity"; readonly maximumAttempts: number }
  | { readonly kind: "timer"; readonly delayMs: number }
  | { readonly kind: "signal" }
  | { readonly kind: "marker" };

/** What a simulated workflow does: its steps, and how often it continues as new. */
export interface Program {
  readonly steps: readonly ProgramStep[];
  readonly continuations: number;
}

/** Reads the program out of a workflow type's name, where it is written as JSON. */
export function readProgram(typeName: string): Program {
  return JSON.parse(typeName) as Program;
}

const SECOND = { seconds: 1n, nanos: 0 };

/**
 * Replays a history and tells what the workflow wants next: a deterministic function of the
 * history, as workflow code is.
 */
export function decide(
  program: Program,
  events: readonly HistoryEvent[],
  taskQueue: string,
): readonly CommandInit[] {
  const facts = readFacts(events);
  const commands: CommandInit[] = [];
  for (let index = facts.begun; index <= program.steps.length; index++) {
    if (index > 0 && !isDone(program, index - 1, facts)) break;
    const step = program.steps[index];
    if (step === undefined) {
      commands.push(ending(program, facts.continuation, taskQueue));
      break;
    }
    commands.push(begin(step, index, taskQueue));
    if (step.kind === "marker") facts.markersDone.add(index);
  }
  return commands;
}

interface Facts {
  /** Steps that commands were recorded for. */
  begun: number;
  readonly activitiesDone: Set<number>;
  readonly timersDone: Set<number>;
  readonly markersDone: Set<number>;
  signals: number;
  continuation: number;
}

function readFacts(events: readonly HistoryEvent[]): Facts {
  const facts: Facts = {
    begun: 0,
    activitiesDone: new Set(),
    timersDone: new Set(),
    markersDone: new Set(),
    signals: 0,
    continuation: 0,
  };
  const activityIndex = new Map<bigint, number>();
  for (const { eventId, attributes } of events) {
    switch (attributes?.kind) {
      case "workflowExecutionStartedEventAttributes":
        facts.continuation = attributes.value.input?.payloads.length ?? 0;
        break;
      case "activityTaskScheduledEventAttributes":
        facts.begun += 1;
        activityIndex.set(eventId, Number(attributes.value.activityId));
        break;
      case "activityTaskCompletedEventAttributes":
      case "activityTaskFailedEventAttributes":
      case "activityTaskTimedOutEventAttributes":
        facts.activitiesDone.add(activityIndex.get(attributes.value.scheduledEventId) ?? -1);
        break;
      case "timerStartedEventAttributes":
        facts.begun += 1;
        break;
      case "timerFiredEventAttributes":
        facts.timersDone.add(Number(attributes.value.timerId));
        break;
      case "markerRecordedEventAttributes":
        facts.begun += 1;
        facts.markersDone.add(facts.begun - 1);
        break;
      case "workflowExecutionSignaledEventAttributes":
        facts.signals += 1;
        break;
      default:
    }
  }
  return facts;
}

function isDone(program: Program, index: number, facts: Facts): boolean {
  const step = program.steps[index];
  switch (step?.kind) {
    case "activity":
      return facts.activitiesDone.has(index);
    case "timer":
      return facts.timersDone.has(index);
    case "marker":
      return facts.markersDone.has(index);
    case "signal": {
      const wanted = program.steps.slice(0, index + 1).filter(({ kind }) => kind === "signal");
      return facts.signals >= wanted.length;
    }
    default:
      return true;
  }
}

function begin(step: ProgramStep, index: number, taskQueue: string): CommandInit {
  switch (step.kind) {
    case "activity": {
      const value = {
        activityId: String(index),
        activityType: { name: "work" },
        taskQueue: { name: taskQueue },
        startToCloseTimeout: { seconds: 5n, nanos: 0 },
        retryPolicy: { initialInterval: SECOND, maximumAttempts: step.maximumAttempts },
      };
      const attributes = { kind: "scheduleActivityTaskCommandAttributes", value } as const;
      return { commandType: CommandType.SCHEDULE_ACTIVITY_TASK, attributes };
    }
    case "timer": {
      const seconds = BigInt(Math.floor(step.delayMs / 1000));
      const nanos = (step.delayMs % 1000) * 1e6;
      const value = { timerId: String(index), startToFireTimeout: { seconds, nanos } };
      const attributes = { kind: "startTimerCommandAttributes", value } as const;
      return { commandType: CommandType.START_TIMER, attributes };
    }
    case "signal":
    case "marker": {
      const value = { markerName: step.kind };
      const attributes = { kind: "recordMarkerCommandAttributes", value } as const;
      return { commandType: CommandType.RECORD_MARKER, attributes };
    }
  }
}

function ending(program: Program, continuation: number, taskQueue: string): CommandInit {
  if (continuation >= program.continuations) {
    const attributes = { kind: "completeWorkflowExecutionCommandAttributes", value: {} } as const;
    return { commandType: CommandType.COMPLETE_WORKFLOW_EXECUTION, attributes };
  }
  // The number of payloads counts the runs of the chain.
  const payloads = Array.from({ length: continuation + 1 }, () => ({}));
  const value = { taskQueue: { name: taskQueue }, input: { payloads } };
  const attributes = { kind: "continueAsNewWorkflowExecutionCommandAttributes", value } as const;
  return { commandType: CommandType.CONTINUE_AS_NEW_WORKFLOW_EXECUTION, attributes };
}
