import type { CommitFate, StoreFaults } from "@perdure/persistence";
import type { World } from "./world.js";

/** Delay that counts as a slow disk, milliseconds. */
const SLOW_MS = 500;

/** Decides by the world's plan what becomes of each commit, and whether the process survives it. */
export function disturbCommits(world: World): StoreFaults {
  const { readDelayMsMax } = world.plan;
  return {
    decideCommit: () => (world.isCalm ? PROMPT : decide(world)),
    decideReadDelayMs: () => (world.isCalm ? 0 : world.draw(readDelayMsMax + 1)),
  };
}

const PROMPT: CommitFate = { outcome: "stored", writeDelayMs: 0, replyDelayMs: 0 };

function decide(world: World): CommitFate {
  const { plan } = world;
  const writeDelayMs = world.draw(plan.commitDelayMsMax + 1);
  const replyDelayMs = world.draw(plan.commitDelayMsMax + 1);
  if (writeDelayMs + replyDelayMs > SLOW_MS) world.cover("the disk was slow");
  const mayCrash = world.clock.nowMs() - world.startMs < plan.crashesUntilMs;
  if (mayCrash && world.chance(plan.commitCrashChance)) return crash(world, writeDelayMs);
  const draw = world.random.next();
  if (draw < plan.commitFailureChance) {
    world.cover("a commit failed before it was stored");
    return { outcome: "failsBefore", writeDelayMs, replyDelayMs };
  }
  if (draw < 2 * plan.commitFailureChance) {
    world.cover("a commit was stored and its reply lost");
    return { outcome: "failsAfter", writeDelayMs, replyDelayMs };
  }
  return { outcome: "stored", writeDelayMs, replyDelayMs };
}

/** The process dies with the commit under way: before the batch is on the disk, or after it. */
function crash(world: World, writeDelayMs: number): CommitFate {
  const isStored = world.chance(0.5);
  world.cover(
    isStored
      ? "the server crashed between a batch and its reply"
      : "the server crashed before a batch was on the disk",
  );
  // A crash between the two delays: the disk has the batch and nobody has been told.
  const delayMs = 2;
  world.clock.schedule(isStored ? writeDelayMs + delayMs : writeDelayMs, () => world.crashServer());
  return {
    outcome: "stored",
    writeDelayMs: isStored ? writeDelayMs : writeDelayMs + delayMs,
    replyDelayMs: 2 * delayMs,
  };
}
