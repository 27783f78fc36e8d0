export { type ParsedVisibilityQuery, parseVisibilityQuery } from "./parse-visibility-query.js";
export type { AttributeTypes } from "./resolve-column.js";
