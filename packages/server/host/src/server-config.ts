import { ATTRIBUTE_TYPE_NAMES } from "@perdure/engine";
import { InvalidArgumentError, type Logger } from "@perdure/kernel";
import type { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import type { AuthorizationConfig } from "./authorization/authorization-config.js";
import type { TlsFiles } from "./tls-files.js";

/** How a server is set up. */
export interface ServerConfig {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Where HTTP is listened for; absent: nowhere. */
  readonly http?: { readonly host: string; readonly port: number } | undefined;
  /** Absent: nothing is encrypted. */
  readonly tls?: TlsFiles | undefined;
  /** File of the SQLite store; absent: everything is kept in memory and gone at the end. */
  readonly databasePath?: string | undefined;
  /** SQLite settings that override the store's own. */
  readonly pragmas?: Readonly<Record<string, string>>;
  /** Where the storage thread's program is, for a bundle. */
  readonly storageWorkerUrl?: URL | undefined;
  /** Namespaces that are made at the start, besides the ones that every server has. */
  readonly namespaces?: readonly string[];
  /** Custom search attributes of every namespace, with their type such as `KeywordList`. */
  readonly searchAttributes?: ReadonlyMap<string, string>;
  /** Values of dynamic configuration by their official key. */
  readonly dynamicConfig?: ReadonlyMap<string, unknown> | undefined;
  /** File of dynamic configuration in the official form, which is read again when it changes. */
  readonly dynamicConfigPath?: string | undefined;
  /** Time is skipped while nothing happens, unless it is locked; absent: time goes as it goes. */
  readonly timeSkipping?: "locked" | "unlocked" | undefined;
  /** Who may do what; absent: everybody may do everything. */
  readonly authorization?: AuthorizationConfig | undefined;
  /** Where metrics are told; absent: nothing is counted. */
  readonly metrics?: { readonly host: string; readonly port: number } | undefined;
  /**
   * Where handlers of external Nexus endpoints send completions, with `{{.NamespaceName}}` or
   * `{{.NamespaceID}}` in it; absent: the server's own HTTP listener.
   */
  readonly nexusCallbackTemplate?: string | undefined;
  readonly logger: Logger;
  /** How long calls under way may go on when the server stops, milliseconds. */
  readonly graceMs?: number;
}

/**
 * Reads the types of search attributes.
 *
 * @throws {InvalidArgumentError} There is no such type.
 */
export function readAttributes(
  wanted: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, IndexedValueType> {
  const typeOfName = new Map([...ATTRIBUTE_TYPE_NAMES].map(([type, name]) => [name, type]));
  const types = new Map<string, IndexedValueType>();
  for (const [name, typeName] of wanted) {
    const type = typeOfName.get(typeName);
    if (type === undefined) {
      throw new InvalidArgumentError(
        `Cannot register search attribute "${name}": "${typeName}" is no type`,
      );
    }
    types.set(name, type);
  }
  return types;
}
