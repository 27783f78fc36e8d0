import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { allMethods, methodsOf, RawCaller } from "../fuzz/wire.mjs";
import { targetServer, temporaryServer } from "../started-server/started-server.mjs";
import { ABSENT, DIFFERING } from "./left.mjs";
import { probeEmpty, probeMinimal } from "./probe.mjs";
import { STEPS } from "./requests/index.mjs";

const official = JSON.parse(readFileSync(new URL("./answers.json", import.meta.url), "utf8"));
const CALL_MS = 5000;

describe("every RPC of the workflow and operator services", () => {
  let server;
  let empty;
  let minimal;
  before(async () => {
    server = await targetServer();
    empty = await probeEmpty(server.address);
    minimal = await probeMinimal(server.address, ABSENT);
    if (ABSENT.size > 0) console.log(`Absent RPCs (${ABSENT.size}): ${[...ABSENT].join(", ")}`);
  });
  after(() => server?.stop());

  for (const { name } of allMethods()) {
    if (ABSENT.has(name)) {
      it(`${name} is still absent, or is taken out of left.mjs`, () => {
        assert.equal(empty[name].empty.code, "UNIMPLEMENTED");
      });
      continue;
    }
    it(`${name} answers requests that say next to nothing as the official server does`, () => {
      assert.deepEqual(empty[name], official.empty[name]);
    });
  }

  for (const [index, { rpc }] of STEPS.entries()) {
    const nameOfStep = `call ${index + 1}, ${rpc},`;
    it(`${nameOfStep} answers a minimal valid request as the official server does`, () => {
      const answer = minimal[index];
      if (answer === undefined) return;
      if (DIFFERING.has(rpc)) assert.notDeepEqual(answer, official.minimal[index]);
      else assert.deepEqual(answer, official.minimal[index]);
    });
  }

  it("has a minimal valid request for each", () => {
    const called = new Set(STEPS.map(({ rpc }) => rpc));
    const missing = allMethods().filter(({ name }) => !called.has(name));
    assert.deepEqual(
      missing.map(({ name }) => name),
      [],
    );
  });
});

describe("the services that tests and load balancers use", () => {
  let server;
  let caller;
  before(async () => {
    server = await temporaryServer(["--time-skipping"]);
    caller = new RawCaller(server.address);
  });
  after(async () => {
    caller?.close();
    await server?.stop();
  });

  it("has every RPC of the test service when time skips", async () => {
    const service = "temporal.api.testservice.v1.TestService";
    const order = [
      ["GetCurrentTime", undefined],
      ["LockTimeSkipping", {}],
      ["UnlockTimeSkipping", {}],
      ["Sleep", { duration: { nanos: 1 } }],
      ["UnlockTimeSkippingWithSleep", { duration: { nanos: 1 } }],
      ["SleepUntil", { timestamp: { seconds: 1 } }],
    ];
    const methods = new Map(methodsOf(service).map((method) => [method.name, method]));
    assert.deepEqual([...methods.keys()].sort(), order.map(([name]) => name).sort());
    for (const [name, request] of order) {
      const { path, resolvedRequestType: type } = methods.get(name);
      const bytes = Buffer.from(type.encode(type.fromObject(request ?? {})).finish());
      const { code, message } = await caller.call(path, bytes, CALL_MS);
      assert.deepEqual({ name, code, message }, { name, code: "OK", message: "" });
    }
  });

  for (const name of ["Check", "List"]) {
    it(`answers the health service's ${name}`, async () => {
      const path = `/grpc.health.v1.Health/${name}`;
      const { code } = await caller.call(path, Buffer.alloc(0), CALL_MS);
      assert.equal(code, "OK");
    });
  }
});
