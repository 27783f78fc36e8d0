import { type Claims, claimsOf } from "@perdure/frontend";
import type { Clock, Logger } from "@perdure/kernel";
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { JwtConfig } from "./authorization-config.js";
import { KeySet } from "./key-set.js";

/** Signatures with a public key. Those with a shared secret are not taken. */
const ALGORITHMS = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
];

/** A token that is of no use. */
export class TokenError extends Error {
  override readonly name = "TokenError";
}

/** What a token proves, and until when. */
export interface ReadToken {
  readonly claims: Claims;
  readonly expiresAtMs: number;
}

/** Checks JSON Web Tokens with claims in the official form. */
export class JwtReader {
  readonly #config: JwtConfig;
  readonly #clock: Clock;
  readonly #keys: KeySet;

  /** @param deps - `onKeyChange`: tokens that were good may be so no longer. */
  constructor(
    config: JwtConfig,
    deps: { readonly clock: Clock; readonly logger: Logger; readonly onKeyChange: () => void },
  ) {
    const { keySources: sources, refreshIntervalMs } = config;
    this.#config = config;
    this.#clock = deps.clock;
    this.#keys = new KeySet({ sources, refreshIntervalMs, onChange: deps.onKeyChange }, deps);
  }

  /** Reads the keys, and goes on reading them. */
  async start(): Promise<void> {
    await this.#keys.start();
  }

  stop(): void {
    this.#keys.stop();
  }

  /** Checks a token. Rejects when it is of no use. */
  async read(token: string): Promise<ReadToken> {
    const payload = await this.#verify(token);
    const { sub, exp } = payload;
    if (typeof sub !== "string") throw new TokenError('The claim "sub" must be a text');
    const permissions = payload[this.#config.permissionsClaim];
    const claims = claimsOf(sub, Array.isArray(permissions) ? permissions : []);
    return { claims, expiresAtMs: exp === undefined ? Number.POSITIVE_INFINITY : exp * 1000 };
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      return (await jwtVerify(token, this.#keys.keys, this.#options())).payload;
    } catch (error) {
      // The keys may have been replaced since they were read.
      const isKeyUnknown = error instanceof errors.JWKSNoMatchingKey;
      if (!isKeyUnknown || !(await this.#keys.loadForUnknownKey())) throw error;
      return (await jwtVerify(token, this.#keys.keys, this.#options())).payload;
    }
  }

  #options(): JWTVerifyOptions {
    const { audience, issuer } = this.#config;
    return {
      algorithms: ALGORITHMS,
      currentDate: new Date(this.#clock.nowMs()),
      ...(audience === undefined ? {} : { audience }),
      ...(issuer === undefined ? {} : { issuer }),
    };
  }
}
