import { type AttributeSchema, durationMs, toDuration } from "@perdure/engine";
import {
  InvalidArgumentError,
  NamespaceAlreadyExistsError,
  NamespaceNotFoundError,
} from "@perdure/kernel";
import type { NamespaceRow, StoreWrite } from "@perdure/persistence";
import {
  ArchivalState,
  type IndexedValueType,
  NamespaceState,
  ReplicationState,
} from "@perdure/proto/temporal/api/enums/v1";
import {
  DescribeNamespaceResponse,
  type DescribeNamespaceResponseInit,
} from "@perdure/proto/temporal/api/workflowservice/v1";
import {
  type AttributeAliases,
  allocateFields,
  changedAliases,
  customTypes,
} from "./attribute-aliases.js";

/** A namespace as it is stored and described. */
export interface Namespace {
  readonly id: string;
  readonly name: string;
  readonly facts: DescribeNamespaceResponseInit;
  /** What custom search attributes are called, by field. */
  readonly aliases: AttributeAliases;
  readonly schema: AttributeSchema;
}

/** What is stored of a namespace. */
export type NamespaceFacts = Pick<Namespace, "id" | "name" | "facts">;

/** Namespaces that exist from the first start on, with how long they keep closed workflows. */
const BUILT_IN = {
  default: { id: undefined, retentionMs: 24 * 3_600_000, description: "", ownerEmail: "" },
  system: {
    id: "32049b68-7872-4094-8e63-d0dd59896a83",
    retentionMs: 7 * 24 * 3_600_000,
    description: "Temporal internal system namespace",
    ownerEmail: "temporal-core@temporal.io",
  },
} as const;

const SYSTEM_NAMESPACE = "temporal-system";

/** Key in the data of a deleted namespace: when it goes. */
const KEPT_UNTIL = "perdure.keptUntilMs";
/** Characters of its ID that a deleted namespace has in its name, unless that name is taken. */
const SUFFIX_LENGTH = 5;

export interface NamespaceRegistryDeps {
  /** Stores writes; resolves when they are durable. */
  readonly write: (writes: readonly StoreWrite[]) => Promise<void>;
  readonly newId: () => string;
}

/** A namespace that is being made. */
export interface NewNamespace {
  readonly name: string;
  readonly id?: string | undefined;
  readonly description: string;
  readonly ownerEmail: string;
  readonly data: ReadonlyMap<string, string>;
  readonly retentionMs: number;
  /**
   * Whether a client asked for it; the ones that a server starts with have no replication state.
   */
  readonly isRegistered?: boolean;
}

/** All namespaces, in memory; changes are durable before they are seen. */
export class NamespaceRegistry {
  readonly #deps: NamespaceRegistryDeps;
  readonly #byName = new Map<string, Namespace>();
  readonly #byId = new Map<string, Namespace>();

  constructor(deps: NamespaceRegistryDeps, rows: readonly NamespaceRow[]) {
    this.#deps = deps;
    for (const { id, name, data } of rows) {
      this.#put({ id, name, facts: DescribeNamespaceResponse.decode(data) });
    }
  }

  /** Makes the namespaces that every server has, and others by name, where they are missing. */
  async ensure(names: readonly string[]): Promise<void> {
    const missing = [...new Set([SYSTEM_NAMESPACE, "default", ...names])].filter(
      (name) => !this.#byName.has(name),
    );
    const made = missing.map((name) => {
      const shape = name === SYSTEM_NAMESPACE ? BUILT_IN.system : BUILT_IN.default;
      return this.#make({ ...shape, name, data: new Map() });
    });
    await this.#store(made);
  }

  /** Whether there is a namespace of this name. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws {NamespaceNotFoundError} */
  resolve(name: string): Namespace {
    const namespace = this.#byName.get(name);
    if (namespace === undefined) throw new NamespaceNotFoundError(name);
    return namespace;
  }

  /** @throws {NamespaceNotFoundError} */
  resolveId(id: string): Namespace {
    const namespace = this.#byId.get(id);
    if (namespace === undefined) throw new NamespaceNotFoundError(id);
    return namespace;
  }

  /** The ID of the namespace with this name; `undefined` when there is none. */
  idOf(name: string): string | undefined {
    return this.#byName.get(name)?.id;
  }

  /** The name of the namespace with this ID; `undefined` when there is none. */
  nameOf(id: string): string | undefined {
    return this.#byId.get(id)?.name;
  }

  /** All namespaces in the order of their IDs. */
  list(): readonly Namespace[] {
    return [...this.#byId.values()].sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  /** How long a namespace keeps closed workflows, milliseconds; `undefined` when there is none. */
  retentionMsOf(id: string): number | undefined {
    const config = this.#byId.get(id)?.facts.config;
    return config === undefined ? undefined : durationMs(config.workflowExecutionRetentionTtl);
  }

  /** How long each namespace keeps closed workflows. */
  retentions(): readonly { readonly namespaceId: string; readonly retentionMs: number }[] {
    return [...this.#byId.values()].map(({ id, facts }) => ({
      namespaceId: id,
      retentionMs: durationMs(facts.config?.workflowExecutionRetentionTtl),
    }));
  }

  /** @throws {NamespaceAlreadyExistsError} */
  requireFree(name: string): void {
    if (!this.#byName.has(name)) return;
    throw new NamespaceAlreadyExistsError(`Namespace "${name}" already exists`);
  }

  /** @throws {NamespaceAlreadyExistsError} */
  async register(wanted: NewNamespace): Promise<void> {
    this.requireFree(wanted.name);
    await this.#store([this.#make(wanted)]);
  }

  /** Replaces what is known of a namespace. */
  async replace(namespace: NamespaceFacts): Promise<void> {
    await this.#store([namespace]);
  }

  /**
   * Marks a namespace as deleted and gives it a name that frees its own. It takes no more calls.
   *
   * @param untilMs - When the namespace itself may go, milliseconds since the epoch.
   * @returns The namespace by its new name.
   */
  async markDeleted(namespace: Namespace, untilMs: number): Promise<Namespace> {
    const { id, facts } = namespace;
    const name = this.#nameOfDeleted(namespace);
    const { namespaceInfo } = facts;
    const data = new Map(namespaceInfo?.data ?? []);
    data.set(KEPT_UNTIL, String(untilMs));
    const info = { ...namespaceInfo, name, data, state: NamespaceState.DELETED };
    await this.#store([{ id, name, facts: { ...facts, namespaceInfo: info } }]);
    return this.resolveId(id);
  }

  /** Deleted namespaces, with when they may go, milliseconds since the epoch. */
  deleted(): readonly { readonly namespaceId: string; readonly untilMs: number }[] {
    return [...this.#byId.values()].flatMap(({ id, facts }) => {
      const untilMs = new Map(facts.namespaceInfo?.data ?? []).get(KEPT_UNTIL);
      return untilMs === undefined ? [] : [{ namespaceId: id, untilMs: Number(untilMs) }];
    });
  }

  /** Deletes a namespace with whatever is left of it; resolves when that is stored. */
  async forget(id: string): Promise<void> {
    await this.#deps.write([{ kind: "deleteNamespace", namespaceId: id }]);
    const name = this.#byId.get(id)?.name ?? "";
    this.#byId.delete(id);
    if (this.#byName.get(name)?.id === id) this.#byName.delete(name);
  }

  #nameOfDeleted({ id, name }: Namespace): string {
    for (let length = SUFFIX_LENGTH; ; length++) {
      const suffix = `-deleted-${id.slice(0, length)}`;
      if (name.endsWith(suffix)) return name;
      const isFree = !this.#byName.has(name + suffix);
      if (isFree || length >= id.length) return name + suffix;
    }
  }

  /** Gives custom search attributes other names or fields. */
  async setAliases(namespace: Namespace, aliases: AttributeAliases): Promise<void> {
    const { id, name, facts } = namespace;
    const config = { ...facts.config, customSearchAttributeAliases: aliases };
    await this.replace({ id, name, facts: { ...facts, config } });
  }

  /**
   * Gives every namespace custom search attributes where it has none of the names.
   *
   * @throws {InvalidArgumentError} There are too many of one type.
   */
  async ensureAttributes(wanted: ReadonlyMap<string, IndexedValueType>): Promise<void> {
    for (const namespace of this.#byId.values()) {
      if (namespace.name === SYSTEM_NAMESPACE) continue;
      const allocated = allocateFields(namespace.aliases, wanted);
      if (allocated.size === 0) continue;
      await this.setAliases(namespace, changedAliases(namespace.aliases, allocated));
    }
  }

  /** What search attributes a namespace has. */
  schema(id: string): AttributeSchema | undefined {
    return this.#byId.get(id)?.schema;
  }

  #make(wanted: NewNamespace): NamespaceFacts {
    const id = wanted.id ?? this.#deps.newId();
    const { name, description, ownerEmail, data } = wanted;
    const facts: DescribeNamespaceResponseInit = {
      namespaceInfo: { name, id, description, ownerEmail, data, state: NamespaceState.REGISTERED },
      config: {
        workflowExecutionRetentionTtl: toDuration(wanted.retentionMs),
        badBinaries: {},
        historyArchivalState: ArchivalState.DISABLED,
        visibilityArchivalState: ArchivalState.DISABLED,
      },
      replicationConfig: {
        activeClusterName: "active",
        clusters: [{ clusterName: "active" }],
        ...(wanted.isRegistered === true ? { state: ReplicationState.NORMAL } : {}),
      },
    };
    return { id, name, facts };
  }

  async #store(namespaces: readonly NamespaceFacts[]): Promise<void> {
    if (namespaces.length === 0) return;
    const writes = namespaces.map(({ id, name, facts }) => {
      const data = DescribeNamespaceResponse.encode(facts);
      return { kind: "putNamespace", namespace: { id, name, data } } as const;
    });
    await this.#deps.write(writes);
    for (const namespace of namespaces) this.#put(namespace);
  }

  #put({ id, name, facts }: NamespaceFacts): void {
    const aliases = new Map(facts.config?.customSearchAttributeAliases);
    const schema = { namespaceName: name, customTypes: customTypes(aliases) };
    const namespace = { id, name, facts, aliases, schema };
    const before = this.#byId.get(id)?.name;
    if (before !== undefined && before !== name) this.#byName.delete(before);
    this.#byName.set(namespace.name, namespace);
    this.#byId.set(namespace.id, namespace);
  }
}

/**
 * Checks that a name is given.
 *
 * @throws {InvalidArgumentError}
 */
export function requireName(name: string): void {
  if (name === "") throw new InvalidArgumentError("Namespace not set on request.");
}

/** Whether a namespace is the one of the server itself, which stays. */
export function isSystemNamespace({ id, name }: Namespace): boolean {
  return name === SYSTEM_NAMESPACE || id === BUILT_IN.system.id;
}
