import { InvalidArgumentError } from "@perdure/kernel";

/** Finds namespaces by name. */
export interface NamespaceResolver<N> {
  /** @throws {NamespaceNotFoundError} */
  resolve(name: string): N;
}

/**
 * Finds the namespace of a request.
 *
 * @throws {InvalidArgumentError} None is named.
 * @throws {NamespaceNotFoundError}
 */
export function resolveNamespace<N>(
  deps: { readonly namespaces: NamespaceResolver<N> },
  name: string,
): N {
  if (name === "") throw new InvalidArgumentError("Namespace is empty.");
  return deps.namespaces.resolve(name);
}
