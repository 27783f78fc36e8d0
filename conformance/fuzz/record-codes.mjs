/**
 * Asks a server what it answers to empty requests and to ones that only name a namespace, and
 * writes `expected-codes.json`: `node record-codes.mjs HOST:PORT`, of an official server.
 */
import { writeFileSync } from "node:fs";
import { allMethods, RawCaller } from "./wire.mjs";

/** What such requests would change, or wait for. */
const LEFT_OUT = new Set([
  "DeleteNamespace",
  "RegisterNamespace",
  "DeprecateNamespace",
  "UpdateNamespace",
]);

const caller = new RawCaller(process.argv[2]);
const expected = {};
for (const method of allMethods()) {
  const { resolvedRequestType: type } = method;
  const codes = { empty: await answer(method, Buffer.alloc(0)) };
  if ("namespace" in type.fields && !LEFT_OUT.has(method.name)) {
    codes.namespaceOnly = await answer(method, type.encode({ namespace: "default" }).finish());
  }
  expected[method.name] = codes;
}
caller.close();
const file = new URL("./expected-codes.json", import.meta.url);
writeFileSync(file, `${JSON.stringify(expected, null, 1)}\n`);

async function answer({ path }, bytes) {
  const { code, message } = await caller.call(path, Buffer.from(bytes), 2500);
  return message === "" ? { code } : { code, message };
}
