import type { VisibilityColumn, VisibilityField } from "@perdure/persistence";
import type { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import { invalidQuery } from "./invalid-query.js";

/** The search attributes of a namespace with their types. */
export interface AttributeTypes {
  /** Those that follow from a run itself. */
  readonly system: ReadonlyMap<string, IndexedValueType>;
  /** Those that every namespace has. */
  readonly predefined: ReadonlyMap<string, IndexedValueType>;
  readonly custom: ReadonlyMap<string, IndexedValueType>;
  /** Names of the types, as errors tell them. */
  readonly typeNames: ReadonlyMap<IndexedValueType, string>;
}

/** An attribute that a filter names. */
export interface NamedColumn {
  /** The name as it is written. */
  readonly name: string;
  readonly field: VisibilityColumn;
  readonly type: IndexedValueType;
  readonly typeName: string;
}

/** Beginning of the names of the server's own attributes, which may be left out. */
const RESERVED_PREFIX = "Temporal";

/**
 * Finds the attribute of a name.
 *
 * @throws {InvalidArgumentError} There is none.
 */
export function resolveColumn(name: string, types: AttributeTypes): NamedColumn {
  const found = find(name, types);
  if (found === undefined) {
    throw invalidQuery(`invalid search attribute: ${name}`);
  }
  const typeName = types.typeNames.get(found.type) ?? "";
  return { name, field: found.field, type: found.type, typeName };
}

type Found = Pick<NamedColumn, "field" | "type">;

function find(name: string, types: AttributeTypes): Found | undefined {
  const isOwn = types.system.has(name) || types.predefined.has(name);
  const customType = isOwn ? undefined : types.custom.get(name);
  if (customType !== undefined) {
    return { field: { name, type: customType }, type: customType };
  }
  const stripped = name.startsWith(RESERVED_PREFIX) ? name.slice(RESERVED_PREFIX.length) : name;
  if (stripped === "ScheduleId") return findOwn("WorkflowId", types);
  return findOwn(name, types) ?? findOwn(RESERVED_PREFIX + name, types) ?? findOwn(stripped, types);
}

function findOwn(name: string, types: AttributeTypes): Found | undefined {
  const systemType = types.system.get(name);
  // Every system attribute is a column of the list.
  if (systemType !== undefined) return { field: name as VisibilityField, type: systemType };
  const type = types.predefined.get(name);
  return type === undefined ? undefined : { field: { name, type }, type };
}
