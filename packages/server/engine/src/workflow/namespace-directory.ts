/** What a step must know of namespaces. */
export interface NamespaceDirectory {
  /** `undefined` when no namespace has this name. */
  idOf(name: string): string | undefined;
  /** `undefined` when no namespace has this ID. */
  nameOf(id: string): string | undefined;
}
