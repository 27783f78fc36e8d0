import type { IncomingHttpHeaders } from "node:http";
import type { RequestMetadata } from "../grpc/call-context.js";
import { SERVER_VERSION } from "../system/server-version.js";

/** Headers that handlers see under their own name. */
const FORWARDED = new Set([
  "authorization",
  "authorization-extras",
  "client-name",
  "client-version",
  "x-forwarded-for",
]);

/** Every other piece of metadata can be sent as `Grpc-Metadata-<name>`. */
const METADATA_PREFIX = "grpc-metadata-";
/** Headers of the API itself, such as `Temporal-Namespace`. */
const OWN_PREFIX = "temporal-";

/** A client that does not say what it is. */
const DEFAULTS: ReadonlyMap<string, string> = new Map([
  ["client-name", "temporal-server-http"],
  ["client-version", SERVER_VERSION],
]);

/** The metadata of a call over HTTP, by the names that it has over gRPC. */
export function httpMetadata(headers: IncomingHttpHeaders): RequestMetadata {
  return {
    get(name) {
      const isForwarded = FORWARDED.has(name) || name.startsWith(OWN_PREFIX);
      const own = isForwarded ? headers[name] : undefined;
      const value = own ?? headers[METADATA_PREFIX + name];
      return (Array.isArray(value) ? value.join(", ") : value) ?? DEFAULTS.get(name);
    },
  };
}
