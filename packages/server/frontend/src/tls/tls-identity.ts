/** What a server proves itself with, and which clients it takes; all in PEM. */
export interface TlsIdentity {
  /** The certificate, then those that lead to its authority. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Authorities of the clients' certificates; absent: no client is asked for one. */
  readonly clientAuthorities?: string | undefined;
  /** Whether a client without a certificate of one of those authorities is refused. */
  readonly isClientCertificateRequired: boolean;
}
