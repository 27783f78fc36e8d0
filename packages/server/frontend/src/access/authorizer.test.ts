import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PermissionDeniedError, SILENT_LOGGER } from "@perdure/kernel";
import { Health } from "@perdure/proto/grpc/health/v1";
import { ServerReflection } from "@perdure/proto/grpc/reflection/v1";
import { TaskToken } from "@perdure/proto/perdure/internal/v1";
import { OperatorService } from "@perdure/proto/temporal/api/operatorservice/v1";
import { TestService } from "@perdure/proto/temporal/api/testservice/v1";
import { WorkflowService } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { AnyMethodDescriptor } from "@perdure/proto/wire";
import { type CallContext, NO_CALL } from "../grpc/call-context.js";
import { Authorizer, type ClaimsSource } from "./authorizer.js";
import { type Claims, claimsOf } from "./claims.js";
import { rpcAccess } from "./rpc-access.js";

const METHODS: readonly AnyMethodDescriptor[] = [
  WorkflowService,
  OperatorService,
  TestService,
  Health,
  ServerReflection,
].flatMap(({ methods }) => Object.values(methods));

function authorizer(claims: ClaimsSource["claimsOf"], isCrossNamespaceAllowed = false): Authorizer {
  return new Authorizer({
    claims: { claimsOf: claims },
    logger: SILENT_LOGGER,
    namespaces: { nameOf: (id) => (id === NAMESPACE_ID ? "own" : undefined) },
    isCrossNamespaceAllowed: () => isCrossNamespaceAllowed,
  });
}

const NAMESPACE_ID = "0190163d-8694-739b-aea5-966c26f8ad91";
const CALL: CallContext = { ...NO_CALL, path: "/test", peer: "test" };

/** Whether a caller gets through to the method. */
function isAllowed(
  method: AnyMethodDescriptor,
  claims: Claims | undefined,
  namespace: string,
): boolean {
  const handler = authorizer(() => claims).guard(method, () => ({}));
  const request = { ...method.request.decode(new Uint8Array(0)) };
  if ("namespace" in request) request.namespace = namespace;
  try {
    handler(request as never, CALL);
    return true;
  } catch (error) {
    assert.ok(error instanceof PermissionDeniedError);
    assert.equal(error.message, "Request unauthorized.");
    return false;
  }
}

/** The roles that are enough for a method, derived from its name and not from the table. */
function enough({ name, path }: AnyMethodDescriptor): readonly string[] {
  if (path.includes("OperatorService") && name !== "ListSearchAttributes") return ["admin"];
  if (/^(?:Lock|Unlock|Sleep)/.test(name) && path.includes("TestService")) return ["admin"];
  if (/^(?:Register|Update|Deprecate)Namespace$/.test(name)) return ["admin"];
  const isTaskPoll = /^Poll(?:Workflow|Activity|Nexus)TaskQueue$/.test(name);
  const isRead =
    /^(?:Get|List|Describe|Count|Scan|Poll|Query|Fetch|Validate|Watch|ServerReflection)/.test(name);
  return isRead && !isTaskPoll ? ["read", "write", "admin"] : ["write", "admin"];
}

/** Methods that work on no namespace. */
function isOfSystem({ name, path }: AnyMethodDescriptor): boolean {
  return (
    !path.includes("temporal.api") ||
    path.includes("TestService") ||
    /^(?:GetClusterInfo|GetSearchAttributes|ListNamespaces)$/.test(name) ||
    /(?:RemoteCluster|ListClusters|NexusEndpoints?)$/.test(name)
  );
}

function isForEverybody({ name }: AnyMethodDescriptor): boolean {
  return name === "GetSystemInfo" || name === "Check";
}

describe("Authorizer.guard()", () => {
  it("has a decision for every method of every service", () => {
    const undecided = METHODS.filter((method) => rpcAccess(method) === undefined);
    assert.deepEqual(
      undecided.map(({ path }) => path),
      [],
    );
    assert.ok(METHODS.length > 130);
  });

  for (const method of METHODS) {
    it(`lets those call ${method.path} who may, and nobody else`, () => {
      const everybody = isForEverybody(method);
      const roles = enough(method);
      assert.equal(isAllowed(method, undefined, "own"), everybody, "without credentials");
      assert.equal(isAllowed(method, claimsOf("x", []), "own"), everybody, "without permissions");
      for (const role of ["read", "write", "worker", "admin"]) {
        const isEnough = everybody || roles.includes(role);
        const own = claimsOf("x", [`own:${role}`]);
        const system = claimsOf("x", [`temporal-system:${role}`]);
        const isEnoughHere = everybody || (isEnough && !isOfSystem(method));
        const hasNamespace = "namespace" in method.request.decode(new Uint8Array(0));
        assert.equal(
          isAllowed(method, own, "own"),
          everybody || (isEnoughHere && hasNamespace),
          `own:${role} in own`,
        );
        assert.equal(isAllowed(method, own, "foreign"), everybody, `own:${role} in foreign`);
        assert.equal(isAllowed(method, own, ""), everybody, `own:${role} in none`);
        assert.equal(isAllowed(method, system, "own"), isEnough, `system ${role} in own`);
        assert.equal(isAllowed(method, system, ""), isEnough, `system ${role} in none`);
      }
    });
  }

  it("adds the roles of a caller up", () => {
    const { SignalWorkflowExecution: signal } = WorkflowService.methods;
    const claims = claimsOf("x", ["own:read", "own:write", "other:admin"]);
    assert.equal(isAllowed(signal, claims, "own"), true);
  });

  it("refuses a method that nobody classified, even to an administrator", () => {
    const method = { ...WorkflowService.methods.GetClusterInfo, path: "/a.Service/New" };
    assert.equal(isAllowed(method, claimsOf("x", ["temporal-system:admin"]), ""), false);
  });

  it("takes the namespace of a task token when the request names none", () => {
    const method = WorkflowService.methods.RespondActivityTaskCompleted;
    const taskToken = TaskToken.encode({ namespaceId: NAMESPACE_ID, workflowId: "w" });
    const request = { namespace: "", taskToken } as never;
    const allowed = authorizer(() => claimsOf("x", ["own:write"])).guard(method, () => ({}));
    assert.deepEqual(allowed(request, CALL), {});
    const refused = authorizer(() => claimsOf("x", ["foreign:write"])).guard(method, () => ({}));
    assert.throws(() => refused(request, CALL), PermissionDeniedError);
  });

  it("asks for the target's role too when a command reaches into another namespace", () => {
    const method = WorkflowService.methods.RespondWorkflowTaskCompleted;
    const value = { namespace: "foreign" };
    const kind = "signalExternalWorkflowExecutionCommandAttributes";
    const request = { namespace: "own", commands: [{ attributes: { kind, value } }] } as never;
    const guard = (permissions: readonly string[], isOn: boolean): (() => unknown) => {
      const guarded = authorizer(() => claimsOf("x", permissions), isOn);
      const handler = guarded.guard(method, () => ({}));
      return () => handler(request, CALL);
    };
    assert.throws(guard(["own:write"], true), PermissionDeniedError);
    assert.deepEqual(guard(["own:write", "foreign:write"], true)(), {});
    // Where no command may reach out, the command itself is refused.
    assert.deepEqual(guard(["own:write"], false)(), {});
  });

  it("waits for claims that are not known yet", async () => {
    const method = WorkflowService.methods.SignalWorkflowExecution;
    const claims = Promise.resolve(claimsOf("x", ["own:write"]));
    const handler = authorizer(() => claims).guard(method, () => ({}));
    assert.deepEqual(await handler({ namespace: "own" } as never, CALL), {});
    await assert.rejects(
      async () => await handler({ namespace: "foreign" } as never, CALL),
      PermissionDeniedError,
    );
  });

  it("does not tell what is wrong with credentials", async () => {
    const method = WorkflowService.methods.SignalWorkflowExecution;
    const broken = new TypeError("signature verification failed");
    const sources: readonly ClaimsSource["claimsOf"][] = [
      () => Promise.reject(broken),
      () => {
        throw broken;
      },
    ];
    for (const source of sources) {
      const handler = authorizer(source).guard(method, () => ({}));
      await assert.rejects(async () => await handler({} as never, CALL), {
        name: "PermissionDeniedError",
        message: "Request unauthorized.",
      });
    }
  });
});

describe("Authorizer.guardStream()", () => {
  it("lets those through who may read everywhere", async () => {
    const stream = async function* answer(): AsyncIterable<object> {
      yield { isAnswer: true };
    };
    const read = async (permissions: readonly string[]): Promise<readonly object[]> => {
      const guarded = authorizer(() => claimsOf("x", permissions));
      const answers: object[] = [];
      const handler = guarded.guardStream(Health.methods.Watch, stream);
      for await (const answer of handler(stream() as never, CALL)) answers.push(answer);
      return answers;
    };
    assert.equal((await read(["temporal-system:read"])).length, 1);
    await assert.rejects(read(["default:admin"]), PermissionDeniedError);
  });
});
