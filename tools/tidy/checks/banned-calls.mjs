/** Calls that product code leaves to an adapter. */

/** The files that turn the process's time and randomness into what the kernel hands out. */
const ADAPTERS = new Set([
  "packages/server/kernel/src/clock.ts",
  "packages/server/kernel/src/random.ts",
  "packages/server/kernel/src/stopwatch.ts",
]);

const TIME = "take the time from the clock that is handed in";
const TIMER = "schedule with the clock that is handed in";
const RANDOMNESS = "take randomness from the generator that is handed in";
/** Functions by the name under which they are called. */
const FUNCTIONS = new Map([
  ["Date.now", TIME],
  ["performance.now", TIME],
  ["Math.random", RANDOMNESS],
  ["crypto.randomUUID", RANDOMNESS],
  ["crypto.getRandomValues", RANDOMNESS],
  ["setTimeout", TIMER],
  ["setInterval", TIMER],
  ["globalThis.setTimeout", TIMER],
  ["globalThis.setInterval", TIMER],
]);
const IMPORTS = new Map([
  ["randomUUID", RANDOMNESS],
  ["randomBytes", RANDOMNESS],
  ["randomInt", RANDOMNESS],
  ["webcrypto", RANDOMNESS],
]);
const TIMER_MODULES = /^(node:)?timers(\/promises)?$/;
const CRYPTO_MODULE = /^(node:)?crypto$/;

/**
 * @param {import("../source-file.mjs").SourceFile} file
 * @returns {import("../source-file.mjs").Problem[]}
 */
export function findBannedCalls(file) {
  if (!file.isProductCode || !file.path.startsWith("packages/")) return [];
  const problems = [];
  const report = (node, message) => problems.push(file.problem(node.start, message));
  file.visit({ ThrowStatement: (node) => checkThrow(node, report) });
  if (ADAPTERS.has(file.path)) return problems;
  file.visit({
    NewExpression: (node) => checkDate(node, report),
    CallExpression: (node) => checkCall(node, report),
    ImportDeclaration: (node) => checkImport(node, report),
  });
  return problems;
}

function checkThrow({ argument }, report) {
  const isPlain = argument.type === "NewExpression" && argument.callee.name === "Error";
  if (!isPlain) return;
  report(argument, '"throw new Error": throw a DomainError with a code, or state an invariant()');
}

function checkDate(node, report) {
  const isNow = node.callee.name === "Date" && node.arguments.length === 0;
  if (isNow) report(node, `"new Date()": ${TIME}`);
}

function checkCall(node, report) {
  const name = calleeName(node.callee);
  const advice = FUNCTIONS.get(name);
  if (advice !== undefined) report(node, `"${name}": ${advice}`);
}

/** Returns "Date.now" for `Date.now()`; an empty text for what has no plain name. */
export function calleeName(callee) {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return "";
  return `${callee.object.name}.${callee.property.name ?? callee.property.value}`;
}

function checkImport(node, report) {
  const module = node.source.value;
  if (TIMER_MODULES.test(module)) report(node, `"${module}": ${TIMER}`);
  if (!CRYPTO_MODULE.test(module)) return;
  for (const specifier of node.specifiers) {
    const name = specifier.imported?.name;
    const advice = IMPORTS.get(name);
    if (advice !== undefined) report(specifier, `"${name}": ${advice}`);
  }
}
