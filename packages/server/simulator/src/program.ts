import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";
import type { HistoryEvent } from "@perdure/proto/temporal/api/history/v1";
import {
  cancelActivity,
  cancelTimer,
  cancelWorkflow,
  recordMarker,
  scheduleActivity,
  startTimer,
} from "./program-commands.js";
import { type Facts, readFacts } from "./program-facts.js";
import { isPeerStepDone, nextPeerCommands, type PeerStep } from "./program-peers.js";

/** One step of a simulated workflow; the next begins when it is done. */
export type ProgramStep =
  | {
      readonly kind: "activity";
      readonly maximumAttempts: number;
      readonly heartbeats: boolean;
    }
  | { readonly kind: "timer"; readonly delayMs: number }
  /** An activity and a timer at the same time; both must end. */
  | { readonly kind: "both"; readonly delayMs: number }
  /** An activity that is cancelled after a while. */
  | { readonly kind: "canceledActivity"; readonly delayMs: number }
  /** A long timer that is cancelled after a while. */
  | { readonly kind: "canceledTimer"; readonly delayMs: number }
  | { readonly kind: "signal" }
  | { readonly kind: "update" }
  | { readonly kind: "marker" }
  | PeerStep;

/** What a simulated workflow does: its steps, and how often it continues as new. */
export interface Program {
  readonly steps: readonly ProgramStep[];
  readonly continuations: number;
}

/** Reads the program out of a workflow type's name, where it is written as JSON. */
export function readProgram(typeName: string): Program {
  return JSON.parse(typeName) as Program;
}

const LONG_TIMER_MS = 600_000;

/**
 * Replays a history and tells what the workflow wants next: a deterministic function of the
 * history, as workflow code is.
 *
 * @param task - Where activities go, and how many updates the same task completes.
 */
export function decide(
  program: Program,
  events: readonly HistoryEvent[],
  task: { readonly taskQueue: string; readonly completedNow: number },
): readonly CommandInit[] {
  const facts = readFacts(events);
  const { taskQueue, completedNow } = task;
  facts.updates += completedNow;
  if (facts.isCancelRequested) return [cancelWorkflow()];
  const commands: CommandInit[] = [];
  let signalsWanted = 0;
  let updatesWanted = 0;
  for (const [index, step] of program.steps.entries()) {
    if (step.kind === "signal") signalsWanted += 1;
    if (step.kind === "update") updatesWanted += 1;
    commands.push(...next({ step, index, facts, taskQueue }));
    if (!isDone(step, { index, facts, signalsWanted, updatesWanted })) return commands;
  }
  return [...commands, ending(program, facts.continuation, taskQueue)];
}

interface Place {
  readonly step: ProgramStep;
  readonly index: number;
  readonly facts: Facts;
  readonly taskQueue: string;
}

/** The commands that a step still needs. */
function next({ step, index, facts, taskQueue }: Place): readonly CommandInit[] {
  const id = String(index);
  const delayId = `${id} delay`;
  switch (step.kind) {
    case "activity":
      return facts.activities.has(id) ? [] : [scheduleActivity(id, { ...step, taskQueue })];
    case "timer":
      return facts.timers.has(id) ? [] : [startTimer(id, step.delayMs)];
    case "both":
      if (facts.activities.has(id)) return [];
      return [
        scheduleActivity(id, { maximumAttempts: 0, heartbeats: false, taskQueue }),
        startTimer(id, step.delayMs),
      ];
    case "canceledActivity": {
      const activity = facts.activities.get(id);
      if (activity === undefined) {
        const scheduled = { maximumAttempts: 0, heartbeats: true, taskQueue };
        return [scheduleActivity(id, scheduled), startTimer(delayId, step.delayMs)];
      }
      const isDue = facts.timers.get(delayId) === "ended";
      const isPending = activity.state === "pending";
      return isDue && isPending ? [cancelActivity(activity.scheduledEventId)] : [];
    }
    case "canceledTimer":
      if (!facts.timers.has(id)) {
        return [startTimer(id, LONG_TIMER_MS), startTimer(delayId, step.delayMs)];
      }
      if (facts.timers.get(delayId) !== "ended" || facts.timers.get(id) !== "pending") return [];
      // A timer is cancelled at once: no event will tell the workflow.
      facts.timers.set(id, "ended");
      return [cancelTimer(id)];
    case "signal":
    case "update":
    case "marker":
      return facts.markers.has(id) ? [] : [recordMarker(id)];
    default:
      return nextPeerCommands(step, { index, facts: facts.peers, taskQueue });
  }
}

function isDone(
  step: ProgramStep,
  at: {
    readonly index: number;
    readonly facts: Facts;
    readonly signalsWanted: number;
    readonly updatesWanted: number;
  },
): boolean {
  const { facts, signalsWanted, updatesWanted } = at;
  const id = String(at.index);
  const hasActivityEnded = facts.activities.get(id)?.state === "ended";
  const hasTimerEnded = facts.timers.get(id) === "ended";
  switch (step.kind) {
    case "activity":
      return hasActivityEnded;
    case "timer":
      return hasTimerEnded;
    case "both":
      return hasActivityEnded && hasTimerEnded;
    case "canceledActivity":
      return hasActivityEnded && facts.timers.get(`${id} delay`) === "ended";
    case "canceledTimer":
      return hasTimerEnded;
    case "signal":
      return facts.signals >= signalsWanted;
    case "update":
      return facts.updates >= updatesWanted;
    case "marker":
      return true;
    case "child":
    case "signalOther":
    case "cancelChild":
      return isPeerStepDone(step, at.index, facts.peers);
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
