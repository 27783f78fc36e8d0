import { InvalidArgumentError, type Logger, PermissionDeniedError } from "@perdure/kernel";
import type { Command } from "@perdure/proto/temporal/api/command/v1";
import type { RespondWorkflowTaskCompletedRequest } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import { decodeQueryToken, decodeTaskToken } from "@perdure/runtime";
import type { CallContext } from "../grpc/call-context.js";
import type { StreamHandler, UnaryHandler } from "../grpc/grpc-service.js";
import { type Claims, Role } from "./claims.js";
import { type AccessLevel, type RpcAccess, rpcAccess } from "./rpc-access.js";

/** Tells who calls. */
export interface ClaimsSource {
  /**
   * What a caller has proven; `undefined`: nothing.
   *
   * @throws {Error} What it shows is of no use; also as a rejection.
   */
  claimsOf(call: CallContext): Claims | undefined | Promise<Claims | undefined>;
}

export interface AuthorizerDeps {
  readonly claims: ClaimsSource;
  readonly logger: Logger;
  readonly namespaces: {
    /** Name of a namespace; `undefined`: there is none. */
    nameOf(id: string): string | undefined;
  };
  /** Whether workflows may reach into other namespaces. */
  readonly isCrossNamespaceAllowed: () => boolean;
}

const REFUSAL = "Request unauthorized.";
/** What an RPC that is refused to everybody needs. */
const NOBODY: RpcAccess & { readonly isForNobody: true } = {
  scope: "system",
  level: "admin",
  isForNobody: true,
};

/**
 * Decides who may call what: what is not allowed is refused. Health checks and `GetSystemInfo` are
 * for everybody.
 */
export class Authorizer {
  readonly #deps: AuthorizerDeps;

  constructor(deps: AuthorizerDeps) {
    this.#deps = deps;
  }

  /** Makes of what answers a method one that answers those who may call it. */
  guard(method: AnyMethodDescriptor, handler: UnaryHandler): UnaryHandler {
    const access = rpcAccess(method) ?? NOBODY;
    if (access.level === "none") return handler;
    const { claims } = this.#deps;
    const namespaceOf = this.#namespaceReader(method);
    const checkCommands = method.name === COMPLETION ? this.#checkCommands : undefined;
    return (request, call) => {
      const decide = (caller: Claims | undefined): ReturnType<UnaryHandler> => {
        const namespace = namespaceOf(request);
        check(access, caller, namespace);
        checkCommands?.(request, caller, namespace);
        return handler(request, call);
      };
      const caller = this.#claimsOf(claims, call);
      return caller instanceof Promise ? caller.then(decide) : decide(caller);
    };
  }

  /** As `guard`, for a method of many requests: they name no namespace. */
  guardStream(method: AnyMethodDescriptor, handler: StreamHandler): StreamHandler {
    const access = rpcAccess(method) ?? NOBODY;
    if (access.level === "none") return handler;
    const claimsOf = (call: CallContext): ReturnType<ClaimsSource["claimsOf"]> =>
      this.#claimsOf(this.#deps.claims, call);
    return async function* guarded(requests, call) {
      check(access, await claimsOf(call), "");
      yield* handler(requests, call);
    };
  }

  #claimsOf(source: ClaimsSource, call: CallContext): ReturnType<ClaimsSource["claimsOf"]> {
    const refuse = (error: unknown): never => {
      const { path, peer } = call;
      this.#deps.logger.log("warn", "Refused a caller whose credentials are of no use", {
        ...{ path, peer },
        reason: error instanceof Error ? error.message : String(error),
      });
      // What is wrong with credentials is nothing to tell to who shows them.
      throw new PermissionDeniedError(REFUSAL);
    };
    try {
      const claims = source.claimsOf(call);
      return claims instanceof Promise ? claims.catch(refuse) : claims;
    } catch (error) {
      return refuse(error);
    }
  }

  /** A request without a namespace that has a task token is for the token's namespace. */
  #namespaceReader(method: AnyMethodDescriptor): (request: object) => string {
    const decode = method.name === QUERY_ANSWER ? decodeQueryToken : decodeTaskToken;
    return (request: { readonly namespace?: unknown; readonly taskToken?: unknown }) => {
      const { namespace, taskToken } = request;
      if (typeof namespace === "string" && namespace !== "") return namespace;
      if (!(taskToken instanceof Uint8Array)) return "";
      try {
        return this.#deps.namespaces.nameOf(decode(taskToken).namespaceId) ?? "";
      } catch (error) {
        // Whoever may do this everywhere is told by the handler what is wrong with the token.
        if (error instanceof InvalidArgumentError) return "";
        throw error;
      }
    };
  }

  /** Commands that reach into another namespace need there what a client would need. */
  readonly #checkCommands = (
    { commands }: RespondWorkflowTaskCompletedRequest,
    caller: Claims | undefined,
    source: string,
  ): void => {
    if (!this.#deps.isCrossNamespaceAllowed()) return;
    for (const { attributes } of commands) {
      const namespace = targetOf(attributes);
      if (namespace === "" || namespace === source) continue;
      check({ scope: "namespace", level: "write" }, caller, namespace);
    }
  };
}

const COMPLETION = "RespondWorkflowTaskCompleted";
const QUERY_ANSWER = "RespondQueryTaskCompleted";

/** The namespace that a command names; empty: its own. */
function targetOf(attributes: Command["attributes"]): string {
  switch (attributes?.kind) {
    case "signalExternalWorkflowExecutionCommandAttributes":
    case "startChildWorkflowExecutionCommandAttributes":
    case "requestCancelExternalWorkflowExecutionCommandAttributes":
      return attributes.value.namespace;
    default:
      return "";
  }
}

const ROLE_OF_LEVEL = {
  none: Role.NONE,
  read: Role.READER,
  write: Role.WRITER,
  admin: Role.ADMIN,
} as const satisfies Record<AccessLevel, number>;

/** @throws {PermissionDeniedError} */
function check(access: RpcAccess, caller: Claims | undefined, namespace: string): void {
  if (caller !== undefined && !("isForNobody" in access)) {
    const local = access.scope === "namespace" ? (caller.namespaces.get(namespace) ?? 0) : 0;
    if ((caller.system | local) >= ROLE_OF_LEVEL[access.level]) return;
  }
  throw new PermissionDeniedError(REFUSAL);
}
