import { SetupError, type TlsFiles } from "@perdure/server";
import type { StartDevOptions } from "./start-dev-options.js";

type TlsFlags = Pick<StartDevOptions, "tlsCertPath" | "tlsKeyPath" | "tlsClientCaPath">;

/**
 * Reads the flags of TLS; `undefined`: it is off.
 *
 * @throws {SetupError} Some of them are there, and one that they need is not.
 */
export function tlsFilesOf(flags: TlsFlags): TlsFiles | undefined {
  const { tlsCertPath: certPath, tlsKeyPath: keyPath, tlsClientCaPath: clientCaPath } = flags;
  if (certPath === undefined && keyPath === undefined && clientCaPath === undefined) {
    return undefined;
  }
  if (certPath === undefined || keyPath === undefined) {
    const absent = certPath === undefined ? "--tls-cert-path" : "--tls-key-path";
    throw new SetupError(`Cannot set up TLS: "${absent}" is absent`);
  }
  return { certPath, keyPath, clientCaPath };
}
