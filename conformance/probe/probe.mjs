/** Calls every RPC of a server and tells what it answered. */
import { allMethods, RawCaller } from "../fuzz/wire.mjs";
import { STEPS } from "./requests/index.mjs";

/** What such requests would change, or wait for. */
const LEFT_OUT = new Set([
  "DeleteNamespace",
  "RegisterNamespace",
  "DeprecateNamespace",
  "UpdateNamespace",
]);
const CALL_MS = 10_000;
/** Stands for the code when a request can't be made. */
export const NOT_CALLED = "NOT_CALLED";
/** Empty requests wait for nothing. */
const EMPTY_MS = 2500;

/**
 * Answers to empty requests and to ones that only name a namespace, by the name of the RPC.
 *
 * @param {string} address
 * @returns {Promise<Record<string, { empty: Answer, namespaceOnly?: Answer }>>}
 * @typedef {{ code: string, message?: string }} Answer
 */
export async function probeEmpty(address) {
  const caller = new RawCaller(address);
  const answers = {};
  for (const { name, path, resolvedRequestType: type } of allMethods()) {
    const answer = async (bytes) => shown(await caller.call(path, Buffer.from(bytes), EMPTY_MS));
    answers[name] = { empty: await answer([]) };
    if ("namespace" in type.fields && !LEFT_OUT.has(name)) {
      answers[name].namespaceOnly = await answer(type.encode({ namespace: "default" }).finish());
    }
  }
  caller.close();
  return answers;
}

/**
 * Answers to the minimal valid requests, in the order of `STEPS`.
 *
 * @param {string} address
 * @param {ReadonlySet<string>} absent - RPCs that are not called, nor what needs them.
 * @returns {Promise<({ rpc: string } & Answer)[]>} Without the steps that were left out.
 */
export async function probeMinimal(address, absent = new Set()) {
  const caller = new RawCaller(address);
  const methods = new Map(allMethods().map((method) => [method.name, method]));
  const known = {};
  const answers = [];
  for (const step of STEPS) {
    if (absent.has(step.rpc) || absent.has(step.needs)) {
      answers.push(undefined);
      continue;
    }
    const answering = answerTo(step, { caller, method: methods.get(step.rpc), known });
    answers.push(step.waits ? answering : await answering);
  }
  const all = await Promise.all(answers);
  caller.close();
  return all;
}

async function answerTo({ rpc, request, keep }, { caller, method, known }) {
  const { path, resolvedRequestType: type, resolvedResponseType: output } = method;
  const filled = {};
  try {
    Object.assign(filled, request(known));
  } catch (error) {
    return {
      rpc,
      code: NOT_CALLED,
      message: `An earlier answer lacks something: ${error.message}`,
    };
  }
  if ("namespace" in type.fields) filled.namespace ??= "default";
  if ("identity" in type.fields) filled.identity ??= "probe";
  const bytes = Buffer.from(type.encode(type.fromObject(filled)).finish());
  const answer = await caller.call(path, bytes, CALL_MS);
  if (answer.code === "OK") keep?.(output.decode(answer.response), known);
  return { rpc, ...shown(answer) };
}

function shown({ code, message }) {
  if (message === "") return { code };
  return { code, message: message.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "<uuid>") };
}
