import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";

/** A client's certificate that an authority of the server's choice has signed. */
export interface ClientCertificate {
  /** `CN` of the subject; empty: it has none. */
  readonly commonName: string;
  /** `O` of the subject; empty: it has none. */
  readonly organization: string;
  /** `DNS`, `URI`, `email` and `IP Address` names, without their kind. */
  readonly alternativeNames: readonly string[];
}

/** Reads the certificate of a connection; `undefined`: it has none that is trusted. */
export function readClientCertificate(socket: Socket): ClientCertificate | undefined {
  if (!isEncrypted(socket) || !socket.authorized) return undefined;
  const { subject, subjectaltname } = socket.getPeerCertificate();
  // A connection that is over has no certificate any more.
  if (subject === undefined) return undefined;
  return {
    commonName: firstOf(subject.CN),
    organization: firstOf(subject.O),
    alternativeNames: (subjectaltname ?? "")
      .split(", ")
      .map((name) => name.slice(name.indexOf(":") + 1))
      .filter((name) => name !== ""),
  };
}

function isEncrypted(socket: Socket): socket is TLSSocket {
  return "encrypted" in socket && socket.encrypted === true;
}

function firstOf(value: string | readonly string[] | undefined): string {
  return (typeof value === "string" ? value : value?.[0]) ?? "";
}
