import assert from "node:assert/strict";
import { once } from "node:events";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import http2 from "node:http2";
import https from "node:https";
import os from "node:os";
import path from "node:path";
import { after, afterEach, before, describe, it } from "node:test";
import type { SecureContextOptions, TLSSocket } from "node:tls";
import { SILENT_LOGGER } from "@perdure/kernel";
import { SetupError } from "./setup/setup-error.js";
import { type RunningServer, startServer } from "./start-server.js";
import { TestAuthority, type TestCertificate } from "./testing/test-certificates.js";
import type { TlsFiles } from "./tls-files.js";

let folder: string;
let authority: TestAuthority;
let serverCertificate: TestCertificate;
let ca: string;
let server: RunningServer | undefined;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), "perdure-tls-"));
  authority = await TestAuthority.create(folder, "authority");
  serverCertificate = await authority.issue("server");
  ca = await readFile(authority.certPath, "utf8");
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

after(async () => await rm(folder, { recursive: true }));

async function start(tls: TlsFiles): Promise<RunningServer> {
  const address = { host: "127.0.0.1", port: 0 };
  server = await startServer({
    ...address,
    http: address,
    tls,
    logger: SILENT_LOGGER,
    graceMs: 100,
  });
  return server;
}

interface GrpcAnswer {
  readonly status: string;
  readonly protocol: string | false | null;
  readonly servedBy: string;
}

/** Calls GetSystemInfo over gRPC; rejects when no connection comes about. */
async function callGrpc(client: SecureContextOptions): Promise<GrpcAnswer> {
  const session = http2.connect(`https://127.0.0.1:${server?.port}`, { ca, ...client });
  try {
    await once(session, "connect");
    const stream = session.request({
      ":method": "POST",
      ":path": "/temporal.api.workflowservice.v1.WorkflowService/GetSystemInfo",
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.end(Buffer.alloc(5));
    stream.resume();
    // A refused certificate is told only after the client believes itself to be connected.
    const [trailers] = (await Promise.race([once(stream, "trailers"), failure(session)])) as [
      http2.IncomingHttpHeaders,
    ];
    const socket = session.socket as TLSSocket;
    return {
      status: String(trailers["grpc-status"]),
      protocol: socket.alpnProtocol,
      servedBy: String(socket.getPeerCertificate().subject.CN),
    };
  } finally {
    session.destroy();
  }
}

async function failure(session: http2.ClientHttp2Session): Promise<never> {
  const [error] = (await once(session, "close")) as [unknown];
  throw new assert.AssertionError({ message: `The connection was closed: ${String(error)}` });
}

async function askHttps(
  target: string,
  client: SecureContextOptions,
): Promise<{ readonly status: number | undefined; readonly text: string }> {
  const url = `https://127.0.0.1:${server?.httpPort}${target}`;
  const request = https.get(url, { ca, ...client, agent: false });
  const [response] = (await once(request, "response")) as [
    NodeJS.ReadableStream & { statusCode: number },
  ];
  let text = "";
  for await (const chunk of response) text += String(chunk);
  return { status: response.statusCode, text };
}

describe("a server with a certificate", () => {
  it("speaks gRPC over TLS, agreed on as h2", async () => {
    await start(serverCertificate);
    assert.deepEqual(await callGrpc({}), { status: "0", protocol: "h2", servedBy: "server" });
  });

  it("speaks HTTP over TLS", async () => {
    await start(serverCertificate);
    assert.deepEqual(await askHttps("/healthz", {}), { status: 200, text: "ok\n" });
    const { status, text } = await askHttps("/api/v1/system-info", {});
    assert.equal(status, 200);
    assert.match(text, /"serverVersion":/);
  });

  it("does not speak to clients without encryption, and goes on", async () => {
    const { httpPort } = await start(serverCertificate);
    await assert.rejects(fetch(`http://127.0.0.1:${httpPort}/healthz`));
    assert.equal((await callGrpc({})).status, "0");
  });

  it("is not believed by clients that know another authority", async () => {
    await start(serverCertificate);
    const other = await TestAuthority.create(folder, "unknown");
    const otherCa = await readFile(other.certPath, "utf8");
    await assert.rejects(askHttps("/healthz", { ca: otherCa }), /certificate/);
  });
});

describe("a server that wants certificates of its clients", () => {
  it("takes those of its authority, and no others", async () => {
    const { certPath, keyPath } = serverCertificate;
    await start({ certPath, keyPath, clientCaPath: authority.certPath });
    const own = await authority.issue("client");
    const other = await (await TestAuthority.create(folder, "other")).issue("stranger");
    const known = { cert: own.certificate, key: own.privateKey };
    const unknown = { cert: other.certificate, key: other.privateKey };
    assert.equal((await callGrpc(known)).status, "0");
    assert.equal((await askHttps("/healthz", known)).status, 200);
    for (const client of [{}, unknown]) {
      await assert.rejects(callGrpc(client));
      await assert.rejects(askHttps("/healthz", client));
    }
  });

  it("takes clients without any when that is said", async () => {
    const { certPath, keyPath } = serverCertificate;
    const clientCaPath = authority.certPath;
    await start({ certPath, keyPath, clientCaPath, requireClientCertificate: false });
    assert.equal((await callGrpc({})).status, "0");
  });
});

describe("reload()", () => {
  it("gives new connections the new certificate, and keeps the old one when that is broken", async () => {
    const certPath = path.join(folder, "current.pem");
    const keyPath = path.join(folder, "current.key");
    const install = async (from: TestCertificate): Promise<void> => {
      await copyFile(from.certPath, certPath);
      await copyFile(from.keyPath, keyPath);
    };
    await install(serverCertificate);
    const running = await start({ certPath, keyPath });
    assert.equal((await callGrpc({})).servedBy, "server");
    await install(await authority.issue("renewed"));
    await running.reload();
    assert.equal((await callGrpc({})).servedBy, "renewed");
    await copyFile(serverCertificate.keyPath, keyPath);
    await running.reload();
    assert.equal((await callGrpc({})).servedBy, "renewed");
  });
});

describe("startServer() with files of TLS that are of no use", () => {
  const broken = async (files: TlsFiles, expected: RegExp): Promise<void> => {
    await assert.rejects(start(files), (error: unknown) => {
      assert.ok(error instanceof SetupError);
      assert.match(error.message, expected);
      return true;
    });
  };

  it("names a file that is not there", async () => {
    const { keyPath } = serverCertificate;
    await broken({ certPath: "/nowhere.pem", keyPath }, /TLS certificate "\/nowhere\.pem"/);
  });

  it("names a file that is not in PEM", async () => {
    const keyPath = path.join(folder, "empty.key");
    await writeFile(keyPath, "");
    const { certPath } = serverCertificate;
    await broken({ certPath, keyPath }, /TLS key ".*empty\.key": it is not in PEM/);
  });

  it("names certificate and key that are no pair", async () => {
    const { keyPath } = await authority.issue("another");
    await broken({ certPath: serverCertificate.certPath, keyPath }, /server\.pem.*another\.key/);
  });
});
