import { InvalidArgumentError, UnimplementedError } from "@perdure/kernel";
import type { Callback, Callback_Nexus } from "@perdure/proto/temporal/api/common/v1";
import type { CallbackAddressRule, WorkflowServiceDeps } from "./deps.js";

/** Addresses within the server: completions of its own callers. */
const OWN_ADDRESSES: ReadonlySet<string> = new Set(["temporal://system", "temporal://internal"]);

/**
 * Checks the completion callbacks of a request and writes the names of their headers in lower case.
 *
 * @throws {InvalidArgumentError} With the official wording.
 * @throws {UnimplementedError} A callback is of an unknown kind.
 */
export function checkCallbacks(
  callbacks: readonly Callback[],
  deps: Pick<WorkflowServiceDeps, "limits" | "callbackAddresses">,
): readonly Callback[] {
  if (callbacks.length === 0) return callbacks;
  const { callbacksMax } = deps.limits;
  if (callbacks.length > callbacksMax) {
    throw new InvalidArgumentError(
      `cannot attach more than ${callbacksMax} callbacks to an execution`,
    );
  }
  return callbacks.map((callback) => {
    if (callback.variant === undefined) {
      throw new UnimplementedError("unknown callback variant: <nil>");
    }
    if (callback.variant.kind === "internal") {
      throw new InvalidArgumentError("unsupported callback variant: *common.Callback_Internal_");
    }
    const value = checkNexusCallback(callback.variant.value, deps);
    return { ...callback, variant: { kind: "nexus", value } };
  });
}

function checkNexusCallback(
  callback: Callback_Nexus,
  deps: Pick<WorkflowServiceDeps, "limits" | "callbackAddresses">,
): Callback_Nexus {
  const { limits, callbackAddresses = [] } = deps;
  if (callback.url.length > limits.callbackUrlLengthMax) {
    throw new InvalidArgumentError(
      `invalid url: url length longer than max length allowed of ${limits.callbackUrlLengthMax}`,
    );
  }
  checkAddress(callback.url, callbackAddresses);
  let headerBytes = 0;
  const header = new Map<string, string>();
  for (const [name, value] of callback.header) {
    headerBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
    header.set(name.toLowerCase(), value);
  }
  if (headerBytes > limits.callbackHeaderBytesMax) {
    throw new InvalidArgumentError(
      `invalid header: header size longer than max allowed size of ${limits.callbackHeaderBytesMax}`,
    );
  }
  return { ...callback, header };
}

function checkAddress(address: string, rules: readonly CallbackAddressRule[]): void {
  if (OWN_ADDRESSES.has(address)) return;
  const match = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?/.exec(address);
  const scheme = match?.[1]?.toLowerCase() ?? "";
  if (scheme !== "http" && scheme !== "https") {
    throw new InvalidArgumentError(`invalid url: unknown scheme: ${address}`);
  }
  const host = (match?.[2] ?? "").replace(/^[^@]*@/, "");
  if (host.startsWith("[") && !host.includes("]")) {
    const problem = `parse ${JSON.stringify(address)}: missing ']' in host`;
    throw new InvalidArgumentError(`invalid callback url: ${problem}`);
  }
  if (host === "") throw new InvalidArgumentError("invalid url: missing host");
  const rule = rules.find(({ host: pattern }) => pattern.test(host));
  if (rule === undefined) {
    throw new InvalidArgumentError(
      `invalid url: url does not match any configured callback address: ${address}`,
    );
  }
  if (scheme === "https" || rule.allowsInsecure) return;
  throw new InvalidArgumentError(
    `invalid url: callback address does not allow insecure connections: ${address}`,
  );
}
