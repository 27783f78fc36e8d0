export type { Expression, Operand, Operator } from "./list-filter-tree.js";
export {
  type FilterReading,
  type ParsedVisibilityQuery,
  parseVisibilityQuery,
  readFilter,
} from "./parse-visibility-query.js";
export type { AttributeTypes } from "./resolve-column.js";
