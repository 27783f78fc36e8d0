/** Tests that wait for time to pass: slow when it is long, flaky when it is short. */
import { calleeName } from "./banned-calls.mjs";

const SLEEPS = new Set(["setTimeout", "setInterval", "Atomics.wait"]);
const PLACES = /^(packages|tools)\//;
const TIMER_MODULE = /^(node:)?timers\/promises$/;
const ADVICE = "move a VirtualClock, or wait for an event or a condition";

/**
 * @param {import("../source-file.mjs").SourceFile} file
 * @returns {import("../source-file.mjs").Problem[]}
 */
export function findSleepingTests(file) {
  if (!file.isCode || !file.isTest || !PLACES.test(file.path)) return [];
  const problems = [];
  const report = (node, name) =>
    problems.push(file.problem(node.start, `"${name}" in a test: ${ADVICE}`));
  file.visit({
    CallExpression: (node) => {
      const name = calleeName(node.callee);
      if (SLEEPS.has(name)) report(node, name);
    },
    ImportDeclaration: (node) => {
      // Its `setImmediate` gives way to others without waiting for time.
      const isSleep = ({ imported }) => imported === undefined || imported.name !== "setImmediate";
      const isTimers = TIMER_MODULE.test(node.source.value);
      if (isTimers && node.specifiers.some(isSleep)) report(node, node.source.value);
    },
  });
  return problems;
}
