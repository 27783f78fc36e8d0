/**
 * A reporter of `node --test`: shows failures in full and nothing else, and writes the counts to
 * the file that `PERDURE_TEST_SUMMARY` names.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";

/** Node's runner reports each file as a test of its own when nothing in it reported. */
const FILE_NAME = /\.test\.m?js$/;

export default async function* countReporter(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const ancestors = [];
  for await (const { type, data } of source) {
    if (type === "test:start") {
      ancestors[data.nesting] = data.name;
      ancestors.length = data.nesting + 1;
    } else if (type === "test:pass") {
      yield countPass(counts, data);
    } else if (type === "test:fail") {
      yield countFailure(counts, data, ancestors);
    } else if (type === "test:stdout" || type === "test:stderr") {
      yield data.message;
    }
  }
  const file = process.env.PERDURE_TEST_SUMMARY;
  if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  // The runner itself has no objection to a file without tests.
  if (counts.failed > 0) process.exitCode = 1;
  yield `${counts.passed} passed, ${counts.failed} failed\n`;
}

function countPass(counts, data) {
  if (data.details?.type === "suite") return "";
  if (isFile(data)) {
    counts.failed += 1;
    return failureText([data.name], "The file ran no tests");
  }
  if (data.skip !== undefined || data.todo !== undefined) counts.skipped += 1;
  else counts.passed += 1;
  return "";
}

function countFailure(counts, data, ancestors) {
  const error = data.details?.error;
  // Whatever failed inside has been told and counted already.
  if (error?.failureType === "subtestsFailed") return "";
  if (data.todo !== undefined) {
    counts.skipped += 1;
    return "";
  }
  counts.failed += 1;
  const names = [...ancestors.slice(0, data.nesting), data.name];
  return failureText(names, inspect(error?.cause ?? error), data);
}

function failureText(names, reason, { file, line } = {}) {
  const place = file === undefined ? "" : `  at ${path.relative("", file)}:${line}\n`;
  const text = reason.replaceAll(/^/gm, "  ");
  return `\nFAILED ${names.join(" > ")}\n${place}${text}\n`;
}

function isFile(data) {
  return data.nesting === 0 && FILE_NAME.test(data.name);
}
