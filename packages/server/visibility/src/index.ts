export { parseVisibilityQuery } from "./parse-visibility-query.js";
