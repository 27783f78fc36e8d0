import { payload } from "../commands.js";
import { scenario, type Tolerance } from "../scenario.js";
import { type PlainObject, pickText } from "../wire/plain.js";

/** The official server forgets when an endpoint was made once the endpoint is changed. */
const CREATED_TIMES: readonly Tolerance[] = ["UpdateNexusEndpoint", "GetNexusEndpoint"].map(
  (call) => ({
    call,
    path: "response.endpoint.createdTime",
    reason: "The time of the creation does not change",
  }),
);

const WORKER = { worker: { namespace: "default", taskQueue: "queue" } };

export const nexusEndpointScenarios = [
  scenario(
    "nexus-endpoint-lifecycle",
    async (s) => {
      const name = s.name("endpoint");
      const description = payload("what it is for");
      const spec = { name, description, target: WORKER };
      const created = await s.call("CreateNexusEndpoint", { spec });
      const id = pickText(created, "endpoint.id");
      await s.attempt("CreateNexusEndpoint", { spec }, { label: "again" });
      await s.call("GetNexusEndpoint", { id });
      await s.call("ListNexusEndpoints", { name });
      const target = { external: { url: "https://localhost:1/nexus" } };
      const changed = { name, target };
      await s.call("UpdateNexusEndpoint", { id, version: 1, spec: changed });
      await s.attempt("UpdateNexusEndpoint", { id, version: 1, spec: changed }, { label: "stale" });
      const renamed = s.name("renamed");
      await s.call("UpdateNexusEndpoint", { id, version: 2, spec: { name: renamed, target } });
      await s.call("GetNexusEndpoint", { id });
      await s.call("DeleteNexusEndpoint", { id, version: 1 });
      await s.attempt("DeleteNexusEndpoint", { id, version: 1 });
      await s.attempt("GetNexusEndpoint", { id });
      await s.attempt("UpdateNexusEndpoint", { id, version: 3, spec });
      await s.call("ListNexusEndpoints", { name: renamed });
    },
    { tolerances: CREATED_TIMES },
  ),

  scenario("nexus-endpoint-bad-specs", async (s) => {
    const specs: Readonly<Record<string, PlainObject>> = {
      "no name": { target: WORKER },
      "no target": { name: "some-name" },
      "empty target": { name: "some-name", target: {} },
      "a space": { name: "some name", target: WORKER },
      "one letter": { name: "a", target: WORKER },
      "long name": { name: "a".repeat(201), target: WORKER },
      "no namespace": { name: "some-name", target: { worker: { taskQueue: "queue" } } },
      "no such namespace": {
        name: "some-name",
        target: { worker: { namespace: "nowhere", taskQueue: "queue" } },
      },
      "no queue": { name: "some-name", target: { worker: { namespace: "default" } } },
      "server's queue": {
        name: "some-name",
        target: { worker: { namespace: "default", taskQueue: "/_sys/queue/1" } },
      },
      "no url": { name: "some-name", target: { external: {} } },
      "no scheme": { name: "some-name", target: { external: { url: "localhost/x" } } },
      "other scheme": { name: "some-name", target: { external: { url: "ftp://localhost/x" } } },
      "long url": {
        name: "some-name",
        target: { external: { url: `https://localhost/${"x".repeat(4096)}` } },
      },
      "large description": {
        name: "some-name",
        description: payload("x".repeat(20_001)),
        target: WORKER,
      },
      "all at once": { name: "", target: { worker: {} } },
    };
    for (const [label, spec] of Object.entries(specs)) {
      await s.attempt("CreateNexusEndpoint", { spec }, { label });
    }
    await s.attempt("UpdateNexusEndpoint", { id: "x", version: 1 });
    const spec = { name: s.name("endpoint"), target: WORKER };
    await s.attempt("UpdateNexusEndpoint", { id: s.uuid("missing"), version: 1, spec });
  }),

  scenario("nexus-endpoint-bad-ids", async (s) => {
    const missing = s.uuid("missing");
    const long = `${"a".repeat(36)}`;
    for (const id of ["", "x", long, missing]) {
      await s.attempt("GetNexusEndpoint", { id });
      await s.attempt("DeleteNexusEndpoint", { id, version: 1 });
    }
    await s.attempt("DeleteNexusEndpoint", { id: missing });
    await s.attempt("ListNexusEndpoints", { pageSize: -1 });
    await s.attempt("ListNexusEndpoints", { pageSize: 1001 });
    await s.attempt("ListNexusEndpoints", { nextPageToken: Buffer.from("nope") });
    await s.call("ListNexusEndpoints", { name: s.name("missing") });
  }),
];
