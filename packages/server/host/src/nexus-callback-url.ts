import type { ServerConfig } from "./server-config.js";

/**
 * Where the handler of an external Nexus endpoint sends the end of an operation; `undefined` when
 * the server can't be reached by HTTP.
 */
export function nexusCallbackUrl(
  config: ServerConfig,
  from: {
    readonly httpAddress: string;
    readonly namespaces: { nameOf(id: string): string | undefined };
    readonly namespaceId: string;
  },
): string | undefined {
  const { httpAddress, namespaces, namespaceId } = from;
  const scheme = config.tls === undefined ? "http" : "https";
  const own =
    httpAddress === ""
      ? undefined
      : `${scheme}://${httpAddress}/namespaces/{{.NamespaceName}}/nexus/callback`;
  const template = config.nexusCallbackTemplate ?? own;
  return template
    ?.replaceAll("{{.NamespaceName}}", namespaces.nameOf(namespaceId) ?? "")
    .replaceAll("{{.NamespaceID}}", namespaceId);
}
