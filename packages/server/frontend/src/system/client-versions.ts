import {
  ClientVersionNotSupportedFailure,
  ServerVersionNotSupportedFailure,
} from "@perdure/proto/temporal/api/errordetails/v1";
import semver from "semver";
import type { CallContext } from "../grpc/call-context.js";
import { type ErrorDetail, GrpcError } from "../grpc/grpc-error.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { SERVER_VERSION, SUPPORTED_CLIENTS } from "./server-version.js";

/**
 * Refuses clients that are known not to get on with this server.
 *
 * @throws {GrpcError} `FAILED_PRECONDITION` with the official wording and detail.
 */
export function checkClientVersion(call: CallContext): void {
  const wanted = call.metadata.get("supported-server-versions");
  if (wanted !== undefined && wanted !== "" && !satisfies(SERVER_VERSION, wanted)) {
    const message = `Server version ${SERVER_VERSION} is not supported. Client supports server versions: ${wanted}`;
    const facts = { serverVersion: SERVER_VERSION, clientSupportedServerVersions: wanted };
    throw unsupported(message, {
      typeName: ServerVersionNotSupportedFailure.typeName,
      bytes: ServerVersionNotSupportedFailure.encode(facts),
    });
  }
  const name = call.metadata.get("client-name");
  const version = call.metadata.get("client-version");
  if (name === undefined || version === undefined || version === "") return;
  const supported = SUPPORTED_CLIENTS.get(name);
  if (supported === undefined || satisfies(version, supported)) return;
  const message = `Client version ${version} is not supported. Server supports ${name} versions: ${supported}`;
  const facts = { clientVersion: version, clientName: name, supportedVersions: supported };
  throw unsupported(message, {
    typeName: ClientVersionNotSupportedFailure.typeName,
    bytes: ClientVersionNotSupportedFailure.encode(facts),
  });
}

function unsupported(message: string, detail: ErrorDetail): GrpcError {
  return new GrpcError(GrpcStatusCode.FAILED_PRECONDITION, message, [detail]);
}

/** Answers by version and range: clients send the same ones with every call. */
const known = new Map<string, boolean>();
const KNOWN_MAX = 1000;

function satisfies(version: string, range: string): boolean {
  const question = `${version} ${range}`;
  const answer = known.get(question);
  if (answer !== undefined) return answer;
  const coerced = semver.coerce(version);
  const isSatisfied = coerced === null || semver.satisfies(coerced, range);
  if (known.size >= KNOWN_MAX) known.clear();
  known.set(question, isSatisfied);
  return isSatisfied;
}
