import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CommandError, requireCommand, runCommand } from "./run-command.mjs";

const node = (script) => [process.execPath, "-e", script];

describe("runCommand()", () => {
  it("gives exit status and all output", async () => {
    const script = 'console.log("out"); console.error("err"); process.exitCode = 3;';
    const { exitCode, output } = await runCommand(node(script));
    assert.equal(exitCode, 3);
    assert.deepEqual(output.trim().split("\n").sort(), ["err", "out"]);
  });

  it("adds to the environment", async () => {
    const env = { PERDURE_SAMPLE: "yes" };
    const { output } = await runCommand(node("console.log(process.env.PERDURE_SAMPLE)"), { env });
    assert.equal(output, "yes\n");
  });

  it("tells of a program that is not there", async () => {
    const { exitCode, output } = await runCommand(["perdure-no-such-program"]);
    assert.equal(exitCode, 127);
    assert.match(output, /Cannot start "perdure-no-such-program"/);
  });

  it("takes a signal for a failure", async () => {
    const { exitCode } = await runCommand(node("process.kill(process.pid, 'SIGKILL')"));
    assert.equal(exitCode, 128);
  });
});

describe("requireCommand()", () => {
  it("throws with the output of a program that fails", async () => {
    const failing = requireCommand(node('console.log("why"); process.exitCode = 1;'));
    await assert.rejects(
      failing,
      (error) => error instanceof CommandError && error.output === "why\n",
    );
  });
});
