/** Who may do what. A server that has this refuses everything that it does not allow. */
export interface AuthorizationConfig {
  /** JSON Web Tokens; absent: none is taken. */
  readonly jwt?: JwtConfig | undefined;
  readonly apiKeys?: readonly ApiKeyConfig[];
  readonly clientCertificates?: readonly CertificateRule[];
}

/** Which JSON Web Tokens are good. */
export interface JwtConfig {
  /** Where the public keys are, as JSON Web Key Sets: `https:`, `http:`, `file:` or a path. */
  readonly keySources: readonly string[];
  /** How often the keys are read again, milliseconds. */
  readonly refreshIntervalMs: number;
  /** Name of the claim with permissions such as `default:write`. */
  readonly permissionsClaim: string;
  /** What `aud` must have in it; absent: anything. */
  readonly audience?: string | undefined;
  /** What `iss` must be; absent: anything. */
  readonly issuer?: string | undefined;
}

/** A secret that a client shows as a bearer token; only its hash is known to the server. */
export interface ApiKeyConfig {
  /** For the log. */
  readonly name: string;
  /** SHA-256 of the key, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Such as `default:write`; `temporal-system` stands for the whole server. */
  readonly permissions: readonly string[];
}

/** What clients with a certificate may do who show no token. */
export interface CertificateRule {
  /** `CN` of the certificate's subject, or one of its alternative names. */
  readonly name: string;
  readonly permissions: readonly string[];
}
