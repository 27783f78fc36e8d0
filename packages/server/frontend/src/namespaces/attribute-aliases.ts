import { InvalidArgumentError } from "@perdure/kernel";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";

/**
 * Custom search attributes are names for fields that every namespace has a fixed number of: this
 * many of each type, called by the type and a number, as the official server has them on SQL.
 */
const FIELD_COUNTS: ReadonlyMap<IndexedValueType, readonly [string, number]> = new Map([
  [IndexedValueType.BOOL, ["Bool", 3]],
  [IndexedValueType.DATETIME, ["Datetime", 3]],
  [IndexedValueType.DOUBLE, ["Double", 3]],
  [IndexedValueType.INT, ["Int", 3]],
  [IndexedValueType.KEYWORD, ["Keyword", 10]],
  [IndexedValueType.KEYWORD_LIST, ["KeywordList", 3]],
  [IndexedValueType.TEXT, ["Text", 3]],
]);

/** The names of custom search attributes by field. */
export type AttributeAliases = ReadonlyMap<string, string>;

/** Every field with its type. */
export const CUSTOM_FIELDS: ReadonlyMap<string, IndexedValueType> = new Map(
  [...FIELD_COUNTS].flatMap(([type, [name, count]]) =>
    Array.from(
      { length: count },
      (_, index) => [`${name}${String(index + 1).padStart(2, "0")}`, type] as const,
    ),
  ),
);

/** The custom search attributes of a namespace with their types. */
export function customTypes(aliases: AttributeAliases): ReadonlyMap<string, IndexedValueType> {
  const types = new Map<string, IndexedValueType>();
  for (const [field, alias] of aliases) {
    const type = CUSTOM_FIELDS.get(field);
    if (type !== undefined) types.set(alias, type);
  }
  return types;
}

/**
 * Finds a free field for each new attribute; names that are in use stay as they are.
 *
 * @throws {InvalidArgumentError} No field of the type is free.
 */
export function allocateFields(
  aliases: AttributeAliases,
  wanted: ReadonlyMap<string, IndexedValueType>,
): AttributeAliases {
  const used = new Set(aliases.values());
  const allocated = new Map<string, string>();
  for (const [alias, type] of wanted) {
    if (used.has(alias)) continue;
    const fields = [...CUSTOM_FIELDS].filter(([, each]) => each === type).map(([field]) => field);
    const free = fields.find((field) => !aliases.has(field) && !allocated.has(field));
    if (free === undefined) {
      const [typeName] = FIELD_COUNTS.get(type) ?? ["Unspecified"];
      const limit = `cannot have more than ${fields.length} search attribute of type ${typeName}`;
      throw new InvalidArgumentError(`Unable to create search attributes: ${limit}.`);
    }
    allocated.set(free, alias);
  }
  return allocated;
}

/**
 * Sets names of fields; an empty name frees its field.
 *
 * @throws {InvalidArgumentError} The field has another name.
 */
export function changedAliases(
  aliases: AttributeAliases,
  changes: AttributeAliases,
): AttributeAliases {
  const used = new Set(aliases.values());
  const changed = new Map(aliases);
  for (const [field, alias] of changes) {
    if (alias === "") changed.delete(field);
    else if (used.has(alias)) continue;
    else if (aliases.has(field)) {
      throw new InvalidArgumentError("Custom search attribute field name already allocated.");
    } else changed.set(field, alias);
  }
  return changed;
}
