import { createHash } from "node:crypto";
import { type CallContext, type Claims, type ClaimsSource, claimsOf } from "@perdure/frontend";
import type { Clock, Logger } from "@perdure/kernel";
import type { ApiKeyConfig, AuthorizationConfig, CertificateRule } from "./authorization-config.js";
import { JwtReader, type ReadToken, TokenError } from "./jwt-reader.js";

/** Credentials that are remembered: a caller shows the same ones with every call. */
const KNOWN_MAX = 10_000;

/**
 * Tells who calls: by a bearer token, which is an API key or a JSON Web Token, or else by the
 * certificate of the connection. A token that was checked is remembered for as long as it is good.
 */
export class CallerClaims implements ClaimsSource {
  readonly #clock: Clock;
  readonly #jwt: JwtReader | undefined;
  readonly #apiKeys: ReadonlyMap<string, Claims>;
  readonly #certificates: readonly { readonly name: string; readonly claims: Claims }[];
  /** By the whole value of the header. */
  readonly #known = new Map<string, ReadToken>();
  /** Counts the changes of the keys: what was checked with old ones is not remembered. */
  #keyGeneration = 0;

  constructor(
    config: AuthorizationConfig,
    deps: { readonly clock: Clock; readonly logger: Logger },
  ) {
    const { jwt, apiKeys = [], clientCertificates = [] } = config;
    this.#clock = deps.clock;
    this.#apiKeys = new Map(apiKeys.map(apiKeyEntry));
    this.#certificates = clientCertificates.map(certificateEntry);
    const onKeyChange = (): void => {
      this.#known.clear();
      this.#keyGeneration += 1;
    };
    this.#jwt = jwt === undefined ? undefined : new JwtReader(jwt, { ...deps, onKeyChange });
  }

  /** Reads the keys that tokens are checked with. */
  async start(): Promise<void> {
    await this.#jwt?.start();
  }

  stop(): void {
    this.#jwt?.stop();
  }

  claimsOf(call: CallContext): Claims | undefined | Promise<Claims | undefined> {
    const header = call.metadata.get("authorization");
    if (header === undefined || header === "") return this.#claimsOfCertificate(call);
    const known = this.#known.get(header);
    if (known !== undefined) {
      if (this.#clock.nowMs() < known.expiresAtMs) return known.claims;
      this.#known.delete(header);
    }
    const token = bearerToken(header);
    const claims = this.#apiKeys.get(hashOf(token));
    if (claims !== undefined) {
      return this.#remember(header, { claims, expiresAtMs: Number.POSITIVE_INFINITY });
    }
    if (this.#jwt === undefined) throw new TokenError("No such API key is known");
    const generation = this.#keyGeneration;
    return this.#jwt.read(token).then((read) => {
      if (generation !== this.#keyGeneration) return read.claims;
      return this.#remember(header, read);
    });
  }

  #claimsOfCertificate({ clientCertificate }: CallContext): Claims | undefined {
    if (this.#certificates.length === 0 || clientCertificate === undefined) return undefined;
    const { commonName, alternativeNames } = clientCertificate;
    const rule = this.#certificates.find(
      ({ name }) => name === commonName || alternativeNames.includes(name),
    );
    return rule?.claims;
  }

  #remember(header: string, read: ReadToken): Claims {
    if (this.#known.size >= KNOWN_MAX) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
    this.#known.set(header, read);
    return read.claims;
  }
}

function apiKeyEntry({ name, sha256, permissions }: ApiKeyConfig): [string, Claims] {
  return [sha256.toLowerCase(), claimsOf(name, permissions)];
}

function certificateEntry({ name, permissions }: CertificateRule): {
  readonly name: string;
  readonly claims: Claims;
} {
  return { name, claims: claimsOf(name, permissions) };
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

function bearerToken(header: string): string {
  const [scheme = "", token] = splitOnce(header);
  if (token === undefined) throw new TokenError("unexpected authorization token format");
  if (scheme.toLowerCase() === "bearer") return token;
  throw new TokenError("unexpected name in authorization token");
}

function splitOnce(header: string): readonly [string, string | undefined] {
  const space = header.indexOf(" ");
  if (space < 0) return [header, undefined];
  return [header.slice(0, space), header.slice(space + 1)];
}
