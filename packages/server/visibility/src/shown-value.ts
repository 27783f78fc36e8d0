import type { Expression } from "./list-filter-tree.js";

/** A value as errors show it, such as `('a', 5)`. */
export function shownValue(expression: Expression): string {
  switch (expression.kind) {
    case "text":
      return `'${expression.text}'`;
    case "integer":
    case "decimal":
      return expression.text;
    case "boolean":
      return String(expression.isTrue);
    case "tuple":
      return `(${expression.items.map(shownValue).join(", ")})`;
    default:
      return expression.kind;
  }
}
