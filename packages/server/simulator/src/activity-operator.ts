import type { DescribeWorkflowExecutionResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import { type MethodName, NAMESPACE } from "./simulated-server.js";
import { isExpected, type World } from "./world.js";

const namespace = NAMESPACE.name;
const CALL_TIMEOUT_MS = 10_000;
const MASK = { paths: ["start_to_close_timeout", "retry_policy.initial_interval"] };

/**
 * Meddles with the activities of a run for a while: pauses and resets them, changes their options.
 * What it did may be lost with the server, but in the end nothing stays paused.
 */
export async function operateActivities(
  world: World,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<void> {
  const call = async (method: MethodName, request: object): Promise<boolean> => {
    try {
      await world.server?.call(method, { namespace, execution, ...request }, CALL_TIMEOUT_MS);
      return world.server !== undefined;
    } catch (error) {
      if (!isExpected(error)) throw error;
      return false;
    }
  };
  const all = { activity: { kind: "matchAll", value: true } };
  const ofType = (value: string): object => ({ activity: { kind: "type", value } });
  for (let count = 3 + world.draw(4); count > 0; count--) {
    await world.sleep(world.draw(1500));
    const type = world.chance(0.5) ? "work" : "beat";
    switch (world.draw(5)) {
      case 0:
      case 1:
        if (await call("PauseActivity", { ...ofType(type), requestId: `pause ${count}` })) {
          world.cover("an activity was paused");
        }
        break;
      case 2:
        await reset(world, call, all);
        break;
      case 3:
        await unpause(world, call);
        break;
      default:
        await changeOptions(world, call, all);
    }
  }
  await unpauseForGood(world, execution, () => unpause(world, call));
}

type Call = (method: MethodName, request: object) => Promise<boolean>;

async function reset(world: World, call: Call, all: object): Promise<void> {
  const request = {
    ...all,
    resetHeartbeat: world.chance(0.5),
    keepPaused: world.chance(0.5),
    restoreOriginalOptions: world.chance(0.3),
    jitter: { seconds: 0n, nanos: world.draw(2) * 300_000_000 },
  };
  if (await call("ResetActivity", request)) world.cover("an activity was reset");
}

async function unpause(world: World, call: Call): Promise<void> {
  const request = {
    activity: { kind: "unpauseAll", value: true },
    resetAttempts: world.chance(0.3),
    resetHeartbeat: world.chance(0.3),
  };
  if (await call("UnpauseActivity", request)) world.cover("an activity was unpaused");
}

async function changeOptions(world: World, call: Call, all: object): Promise<void> {
  if (world.chance(0.3)) {
    const isDone = await call("UpdateActivityOptions", { ...all, restoreOriginal: true });
    if (isDone) world.cover("options of an activity were restored");
    return;
  }
  const activityOptions = {
    startToCloseTimeout: { seconds: BigInt(2 + world.draw(5)), nanos: 0 },
    retryPolicy: { initialInterval: { seconds: 0n, nanos: 100_000_000 } },
  };
  const isDone = await call("UpdateActivityOptions", { ...all, activityOptions, updateMask: MASK });
  if (isDone) world.cover("options of an activity were changed");
}

/** Repeats `unpauseAll` until a description of the run tells of no paused activity. */
async function unpauseForGood(
  world: World,
  execution: object,
  unpauseAll: () => Promise<void>,
): Promise<void> {
  for (;;) {
    await world.sleep(200 + world.draw(300));
    await unpauseAll();
    if (await isUnpaused(world, execution)) return;
  }
}

async function isUnpaused(world: World, execution: object): Promise<boolean> {
  try {
    const described = await world.server?.call<DescribeWorkflowExecutionResponse>(
      "DescribeWorkflowExecution",
      { namespace, execution },
      CALL_TIMEOUT_MS,
    );
    // A closed run still tells of the activities that it left.
    if (described?.workflowExecutionInfo?.closeTime !== undefined) return true;
    return described?.pendingActivities.every(({ paused }) => !paused) ?? false;
  } catch (error) {
    if (!isExpected(error)) throw error;
    return error.code === "NOT_FOUND";
  }
}
