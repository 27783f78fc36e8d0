import {
  isOpen,
  markReset,
  type OptionsChange,
  type RunStep,
  resetRun,
  terminateForReset,
} from "@perdure/engine";
import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import {
  type ResetReapplyExcludeType,
  WorkflowExecutionStatus,
} from "@perdure/proto/temporal/api/enums/v1";
import type { LoadedRun } from "./loaded-run.js";
import { readWholeHistory, type WholeHistory } from "./read-whole-history.js";
import { startRequestId } from "./start-policy.js";
import type { RunTarget } from "./step-run.js";
import type { AppliedStep, WorkflowHost } from "./workflow-host.js";
import type { WorkflowSlot } from "./workflow-slot.js";

/** A checked request to reset a workflow. */
export interface ResetCommand {
  readonly target: RunTarget;
  /** The event that ended the workflow task which comes again. */
  readonly finishEventId: number;
  readonly reason: string;
  readonly requestId: string;
  readonly excluded: ReadonlySet<ResetReapplyExcludeType>;
  /** Checks what is to be changed after the reset, by the name of the run's task queue. */
  readonly checkOperations: (queueName: string) => readonly OptionsChange[];
}

/** The runs that a reset is about, with their histories. */
interface Scene {
  readonly base: WholeHistory;
  /** The runs that the base run continued as, in order. */
  readonly successors: readonly WholeHistory[];
  /** The run that the workflow ID stands for; `undefined` when that was deleted. */
  readonly current: LoadedRun | undefined;
  readonly operations: readonly OptionsChange[];
}

/**
 * Makes a new run of the workflow that goes on from an earlier point, in place of the current one.
 * Resolves with its ID once it is durable.
 *
 * @throws {NotFoundError} There is no such run.
 * @throws {InvalidArgumentError} The run can't be reset to this point, or an operation is illegal.
 * @throws {FailedPreconditionError} An operation pins the run to a version that is not known.
 */
export async function resetWorkflow(host: WorkflowHost, command: ResetCommand): Promise<string> {
  const { namespaceId, workflowId } = command.target;
  const slot = host.slot(namespaceId, workflowId);
  slot.hold();
  try {
    for (;;) {
      const scene = await gather(host, slot, command);
      const { current } = scene;
      if (current !== undefined && startRequestId(current.state) === command.requestId) {
        await current.lastTicket?.durable;
        return current.state.runId;
      }
      const applied = host.attempt(slot, () => apply(host, { slot, scene, command }));
      if (applied === undefined) continue;
      await applied.ticket?.durable;
      return applied.run.state.runId;
    }
  } finally {
    slot.release();
  }
}

async function gather(
  host: WorkflowHost,
  slot: WorkflowSlot,
  command: ResetCommand,
): Promise<Scene> {
  const { finishEventId, target } = command;
  const base = await slot.run(target.runId);
  if (finishEventId <= 1 || finishEventId >= base.state.nextEventId) {
    throw new InvalidArgumentError(
      "Workflow task finish ID must be > 1 && <= workflow last event ID.",
    );
  }
  const operations = command.checkOperations(base.state.started.taskQueue?.name ?? "");
  const { store } = host.deps;
  const successors: WholeHistory[] = [];
  for (const run of await successorsOf(slot, base)) {
    successors.push(await readWholeHistory(store, run));
  }
  const history = await readWholeHistory(store, base);
  while (slot.peekCurrent() === undefined) await slot.current();
  return { base: history, successors, current: slot.peekCurrent()?.run, operations };
}

/** The runs that a run continued as, as far as they have not been deleted. */
async function successorsOf(slot: WorkflowSlot, base: LoadedRun): Promise<readonly LoadedRun[]> {
  const successors: LoadedRun[] = [];
  let { state } = base;
  try {
    while (state.status === WorkflowExecutionStatus.CONTINUED_AS_NEW) {
      const next = await slot.run(state.newExecutionRunId);
      successors.push(next);
      state = next.state;
    }
  } catch (error) {
    if (!(error instanceof NotFoundError)) throw error;
  }
  return successors;
}

/** Makes the new run; `undefined` when something happened while the histories were read. */
function apply(
  host: WorkflowHost,
  reset: { readonly slot: WorkflowSlot; readonly scene: Scene; readonly command: ResetCommand },
): AppliedStep | undefined {
  const { slot, scene, command } = reset;
  const { base, current } = scene;
  const history = base.finish(slot);
  const successors = scene.successors.map((each) => each.finish(slot));
  if (history === undefined || !successors.every(isKnown)) return undefined;
  if (slot.peekCurrent()?.run !== current) return undefined;
  // The history that the new run takes over must be stored before a worker gets it.
  const environment = { ...host.environment(slot.key.namespaceId), claim: () => undefined };
  const runId = environment.newId();
  const changes = changesOf(scene, { runId, reason: command.reason }, environment);
  const last = scene.successors.at(-1) ?? base;
  const ending = changes.find(({ run, isEnding }) => isEnding && run === last.run)?.step.record;
  const { finishEventId, reason, excluded } = command;
  const { state } = base.run;
  const made = resetRun(
    { namespaceId: state.namespaceId, workflowId: state.workflowId, runId },
    {
      baseRunId: state.runId,
      startRequestId: startRequestId(state),
      history,
      finishEventId,
      reason,
      successors,
      ending,
      excluded,
      operations: scene.operations,
    },
    environment,
  );
  return host.create(slot, made.step, { changes, history: made.history });
}

interface Change {
  readonly run: LoadedRun;
  readonly step: RunStep;
  /** Whether the step ends the run. */
  readonly isEnding: boolean;
}

/** What happens to the run that is reset and to the current one, which may be the same. */
function changesOf(
  scene: Scene,
  reset: { readonly runId: string; readonly reason: string },
  environment: ReturnType<WorkflowHost["environment"]>,
): readonly Change[] {
  const { current } = scene;
  const { run } = scene.base;
  const { reason, runId } = reset;
  const changes: Change[] = [];
  const isCurrentOpen = current !== undefined && isOpen(current.state);
  if (!isCurrentOpen || current !== run) {
    changes.push({ run, step: markReset(run.state, runId, environment), isEnding: false });
  }
  if (isCurrentOpen) {
    const resetRunId = current === run ? runId : "";
    const step = terminateForReset(current.state, { reason, resetRunId }, environment);
    changes.push({ run: current, step, isEnding: true });
  }
  return changes;
}

function isKnown<T>(history: T | undefined): history is T {
  return history !== undefined;
}
