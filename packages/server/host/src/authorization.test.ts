import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import { GrpcStatusCode, rpcAccess } from "@perdure/frontend";
import { SILENT_LOGGER } from "@perdure/kernel";
import { Status } from "@perdure/proto/google/rpc";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import {
  DescribeNamespaceResponse,
  WorkflowService,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import type { AuthorizationConfig, JwtConfig } from "./authorization/authorization-config.js";
import { type RunningServer, startServer } from "./start-server.js";
import { GrpcClient } from "./testing/grpc-client.js";
import { TestAuthority } from "./testing/test-certificates.js";
import type { TlsFiles } from "./tls-files.js";

const { DescribeNamespace, GetSystemInfo, ListNamespaces } = WorkflowService.methods;
const { OK, PERMISSION_DENIED } = GrpcStatusCode;

let folder: string;
let server: RunningServer | undefined;
let client: GrpcClient | undefined;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "perdure-authorization-"));
});

afterEach(async () => {
  client?.close();
  await server?.stop();
  server = undefined;
  client = undefined;
});

after(async () => await rm(folder, { recursive: true }));

async function start(authorization: AuthorizationConfig, tls?: TlsFiles): Promise<GrpcClient> {
  const address = { host: "127.0.0.1", port: 0 };
  const common = { http: address, namespaces: ["default"], logger: SILENT_LOGGER, graceMs: 100 };
  server = await startServer({ ...address, ...common, authorization, tls });
  if (tls === undefined) client = await GrpcClient.connect(server.port);
  return client as GrpcClient;
}

function apiKey(key: string, ...permissions: readonly string[]): AuthorizationConfig {
  const sha256 = createHash("sha256").update(key).digest("hex");
  return { apiKeys: [{ name: key, sha256, permissions }] };
}

function bearer(token: string): { readonly authorization: string } {
  return { authorization: `Bearer ${token}` };
}

const DEFAULT = { namespace: "default" };

describe("a server with authorization", () => {
  it("refuses callers without credentials, with the official error", async () => {
    const grpc = await start(apiKey("secret", "default:read"));
    const answer = await grpc.call(DescribeNamespace, DEFAULT);
    assert.equal(answer.code, PERMISSION_DENIED);
    assert.equal(answer.message, "Request unauthorized.");
    const [detail] = Status.decode(answer.details).details;
    assert.match(String(detail?.typeUrl), /temporal\.api\.errordetails\.v1\.PermissionDenied/);
  });

  it("answers GetSystemInfo to everybody", async () => {
    const grpc = await start({});
    assert.equal((await grpc.call(GetSystemInfo, {})).code, OK);
    assert.equal((await grpc.call(ListNamespaces, {})).code, PERMISSION_DENIED);
  });

  it("takes an API key, within its permissions", async () => {
    const grpc = await start(apiKey("secret", "default:read"));
    const answer = await grpc.call(DescribeNamespace, DEFAULT, bearer("secret"));
    assert.equal(answer.code, OK);
    const { namespaceInfo } = DescribeNamespaceResponse.decode(answer.body);
    assert.equal(namespaceInfo?.name, "default");
    const foreign = { namespace: "temporal-system" };
    const refused = await grpc.call(DescribeNamespace, foreign, bearer("secret"));
    assert.equal(refused.code, PERMISSION_DENIED);
    for (const header of ["Bearer other", "Basic secret", "secret"]) {
      const wrong = await grpc.call(DescribeNamespace, DEFAULT, { authorization: header });
      assert.equal(wrong.code, PERMISSION_DENIED, header);
    }
  });

  it("asks for the same over HTTP", async () => {
    await start(apiKey("secret", "default:read"));
    const url = `http://127.0.0.1:${server?.httpPort}/api/v1/namespaces`;
    const refused = await fetch(`${url}/default`);
    assert.equal(refused.status, 403);
    assert.match(await refused.text(), /Request unauthorized\./);
    const taken = await fetch(`${url}/default`, { headers: bearer("secret") });
    assert.equal(taken.status, 200);
    assert.equal((await fetch(url, { headers: bearer("secret") })).status, 403);
  });

  it("asks each RPC's role of each caller, on the wire", async () => {
    // No such namespace: who gets through is told so, and nothing is changed.
    const keys = ["read", "write", "worker", "admin"].map((role) => apiKey(role, `own:${role}`));
    const grpc = await start({ apiKeys: keys.flatMap(({ apiKeys = [] }) => apiKeys) });
    const methods: readonly AnyMethodDescriptor[] = [WorkflowService, OperatorService].flatMap(
      ({ methods: all }) => Object.values(all),
    );
    for (const method of methods) {
      const access = rpcAccess(method);
      for (const role of ["read", "write", "worker", "admin"]) {
        for (const namespace of ["own", "foreign"]) {
          const { code, message } = await grpc.call(method, { namespace }, bearer(role));
          const isOwn = access?.scope === "namespace" && namespace === "own";
          const isEnough = ENOUGH.get(access?.level)?.includes(role) === true;
          const hasNamespace = "namespace" in method.request.decode(new Uint8Array(0));
          const isAllowed = access?.level === "none" || (isOwn && isEnough && hasNamespace);
          const what = `${method.name} by ${role} in ${namespace}`;
          // What nothing answers has nothing to guard.
          if (code === GrpcStatusCode.UNIMPLEMENTED) continue;
          // Others are refused to everybody because they are switched off.
          const isRefused = code === PERMISSION_DENIED && message === "Request unauthorized.";
          assert.equal(!isRefused, isAllowed, what);
        }
      }
    }
  });
});

const ENOUGH: ReadonlyMap<string | undefined, readonly string[]> = new Map([
  ["read", ["read", "write", "admin"]],
  ["write", ["write", "admin"]],
  ["admin", ["admin"]],
]);

interface Signer {
  /** Public key for a key set. */
  readonly jwk: object;
  sign(claims: Readonly<Record<string, unknown>>, expires?: string): Promise<string>;
}

async function signer(algorithm: string, kid: string): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm);
  return {
    jwk: { ...(await exportJWK(publicKey)), kid, alg: algorithm },
    sign: async (claims, expires = "1h") =>
      await new SignJWT({ sub: "tester", ...claims })
        .setProtectedHeader({ alg: algorithm, kid })
        .setIssuedAt()
        .setExpirationTime(expires)
        .sign(privateKey),
  };
}

function jwt(source: string, more: Partial<JwtConfig> = {}): AuthorizationConfig {
  const timing = { refreshIntervalMs: 60_000, permissionsClaim: "permissions" };
  return { jwt: { keySources: [source], ...timing, ...more } };
}

async function keyFile(...keys: readonly object[]): Promise<string> {
  const file = path.join(folder, "keys.json");
  await writeFile(file, JSON.stringify({ keys }));
  return file;
}

describe("JSON Web Tokens", () => {
  for (const algorithm of ["RS256", "ES256", "ES384", "PS256", "EdDSA"]) {
    it(`are taken with signatures of ${algorithm}`, async () => {
      const { jwk, sign } = await signer(algorithm, "one");
      const grpc = await start(jwt(await keyFile(jwk)));
      const token = await sign({ permissions: ["default:read"] });
      assert.equal((await grpc.call(DescribeNamespace, DEFAULT, bearer(token))).code, OK);
      // The second call finds the token remembered.
      assert.equal((await grpc.call(DescribeNamespace, DEFAULT, bearer(token))).code, OK);
      assert.equal((await grpc.call(ListNamespaces, {}, bearer(token))).code, PERMISSION_DENIED);
      const system = bearer(await sign({ permissions: ["temporal-system:read"] }));
      assert.equal((await grpc.call(ListNamespaces, {}, system)).code, OK);
    });
  }

  it("are refused when they are over, of another key, unsigned or without a subject", async () => {
    const { jwk, sign } = await signer("ES256", "one");
    const stranger = await signer("ES256", "one");
    const grpc = await start(jwt(await keyFile(jwk)));
    const permissions = ["default:read"];
    const [head, body] = (await sign({ permissions })).split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none", kid: "one" })).toString("base64url");
    const bad = [
      await sign({ permissions }, "-1m"),
      await stranger.sign({ permissions }),
      `${none}.${body}.`,
      `${head}.${body}.AAAA`,
      await sign({ permissions, sub: 7 }),
      "not-a-token",
    ];
    for (const token of bad) {
      const answer = await grpc.call(DescribeNamespace, DEFAULT, bearer(token));
      assert.equal(answer.code, PERMISSION_DENIED, token);
      assert.equal(answer.message, "Request unauthorized.");
    }
  });

  it("must be for the audience and of the issuer that are wanted", async () => {
    const { jwk, sign } = await signer("ES256", "one");
    const grpc = await start(jwt(await keyFile(jwk), { audience: "here", issuer: "me" }));
    const code = async (claims: object): Promise<number> => {
      const token = await sign({ permissions: ["default:read"], ...claims });
      return (await grpc.call(DescribeNamespace, DEFAULT, bearer(token))).code;
    };
    assert.equal(await code({ aud: "here", iss: "me" }), OK);
    assert.equal(await code({ aud: "there", iss: "me" }), PERMISSION_DENIED);
    assert.equal(await code({ aud: "here", iss: "you" }), PERMISSION_DENIED);
    assert.equal(await code({}), PERMISSION_DENIED);
  });

  it("are checked with keys from an address", async () => {
    const { jwk, sign } = await signer("RS256", "one");
    const source: Server = createServer((_request, response) => {
      response.end(JSON.stringify({ keys: [jwk] }));
    });
    await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
    try {
      const { port } = source.address() as AddressInfo;
      const grpc = await start(jwt(`http://127.0.0.1:${port}/jwks.json`));
      const token = await sign({ permissions: ["default:read"] });
      assert.equal((await grpc.call(DescribeNamespace, DEFAULT, bearer(token))).code, OK);
    } finally {
      source.close();
    }
  });

  it("are all refused while there are no keys", async () => {
    const { sign } = await signer("ES256", "one");
    const grpc = await start(jwt(path.join(folder, "absent.json")));
    const token = await sign({ permissions: ["default:read"] });
    const { code } = await grpc.call(DescribeNamespace, DEFAULT, bearer(token));
    assert.equal(code, PERMISSION_DENIED);
  });
});

describe("client certificates", () => {
  it("give the permissions of their name, and nothing to others", async () => {
    const authority = await TestAuthority.create(folder, "authority");
    const { certPath, keyPath } = await authority.issue("server");
    const worker = await authority.issue("worker");
    const other = await authority.issue("other");
    const ca = await readFile(authority.certPath, "utf8");
    const tls = { certPath, keyPath, clientCaPath: authority.certPath };
    const rule = { name: "worker", permissions: ["default:read"] };
    await start({ clientCertificates: [rule] }, tls);
    const code = async (cert: string, key: string): Promise<number> => {
      const grpc = await GrpcClient.connect(server?.port ?? 0, { ca, cert, key });
      const answer = await grpc.call(DescribeNamespace, DEFAULT);
      grpc.close();
      return answer.code;
    };
    assert.equal(await code(worker.certificate, worker.privateKey), OK);
    assert.equal(await code(other.certificate, other.privateKey), PERMISSION_DENIED);
  });
});
