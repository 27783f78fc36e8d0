/**
 * Roles as bits, so that one who has several has their sum. The order is that of the official
 * server: a role is enough for everything that needs a lower one. A worker alone may do nothing:
 * workers need `write`.
 */
export const Role = { NONE: 0, WORKER: 1, READER: 2, WRITER: 4, ADMIN: 8 } as const;

/** What a caller has proven about itself. */
export interface Claims {
  /** Who it is, for the log. */
  readonly subject: string;
  /** Roles everywhere, as the sum of their bits. */
  readonly system: number;
  /** Roles in single namespaces, by name. */
  readonly namespaces: ReadonlyMap<string, number>;
}

/** The namespace that stands for the whole server in a permission. */
const SYSTEM_NAMESPACE = "temporal-system";

const ROLE_OF_NAME: ReadonlyMap<string, number> = new Map([
  ["read", Role.READER],
  ["write", Role.WRITER],
  ["worker", Role.WORKER],
  ["admin", Role.ADMIN],
]);

/** The role of a name such as `read`, in any case; 0: there is no such role. */
export function roleOfName(name: string): number {
  return ROLE_OF_NAME.get(name.toLowerCase()) ?? Role.NONE;
}

/**
 * Reads permissions in the official form, `namespace:role`. What is no permission gives nothing,
 * as with the official server.
 */
export function claimsOf(subject: string, permissions: readonly unknown[]): Claims {
  let system: number = Role.NONE;
  const namespaces = new Map<string, number>();
  for (const permission of permissions) {
    if (typeof permission !== "string") continue;
    const colon = permission.indexOf(":");
    if (colon < 0) continue;
    const namespace = permission.slice(0, colon);
    const role = roleOfName(permission.slice(colon + 1));
    if (namespace === SYSTEM_NAMESPACE) system |= role;
    else namespaces.set(namespace, (namespaces.get(namespace) ?? Role.NONE) | role);
  }
  return { subject, system, namespaces };
}
