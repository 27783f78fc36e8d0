/** A part of a filter that stands for a value, or where a value should be. */
export type Operand =
  | { readonly kind: "text" | "integer" | "decimal"; readonly text: string }
  /** A literal of the dialect that is no value here: a hexadecimal number, a bind argument. */
  | { readonly kind: "unreadable"; readonly text: string }
  | { readonly kind: "boolean"; readonly isTrue: boolean }
  | { readonly kind: "null" }
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "tuple"; readonly items: readonly Expression[] }
  | { readonly kind: "paren"; readonly inner: Expression }
  | { readonly kind: "unary"; readonly operator: string }
  /** What can be read, but has no meaning in a filter at all. */
  | { readonly kind: "call" | "arithmetic" | "argumentList" };

/** Operators between an attribute and a value or a tuple, as errors tell them in lower case. */
export type Operator =
  | "="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "<=>"
  | "in"
  | "not in"
  | "like"
  | "not like"
  | "regexp"
  | "not regexp"
  | "starts_with"
  | "not starts_with";

/** A filter as it is written: names and values are not checked yet. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly operands: readonly Expression[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "compare";
      readonly left: Operand;
      readonly operator: Operator;
      readonly right: Operand;
    }
  | {
      readonly kind: "between";
      readonly left: Operand;
      readonly low: Operand;
      readonly high: Operand;
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "is";
      readonly operand: Expression;
      readonly what: "null" | "truth";
      readonly isNegated: boolean;
    }
  | Operand;

export interface ParsedOrder {
  readonly term: Expression;
  readonly isDescending: boolean;
}

export interface ParsedQuery {
  readonly filter: Expression | undefined;
  /** Terms of a GROUP BY clause. */
  readonly groups: readonly Expression[];
  readonly order: readonly ParsedOrder[];
  readonly hasLimit: boolean;
}

const KIND_NAMES = {
  and: "*sqlparser.AndExpr",
  or: "*sqlparser.OrExpr",
  not: "*sqlparser.NotExpr",
  compare: "*sqlparser.ComparisonExpr",
  between: "*sqlparser.RangeCond",
  is: "*sqlparser.IsExpr",
  text: "*sqlparser.SQLVal",
  integer: "*sqlparser.SQLVal",
  decimal: "*sqlparser.SQLVal",
  unreadable: "*sqlparser.SQLVal",
  boolean: "sqlparser.BoolVal",
  null: "*sqlparser.NullVal",
  name: "*sqlparser.ColName",
  tuple: "sqlparser.ValTuple",
  paren: "*sqlparser.ParenExpr",
  unary: "*sqlparser.UnaryExpr",
  call: "*sqlparser.FuncExpr",
  arithmetic: "*sqlparser.BinaryExpr",
  argumentList: "sqlparser.ListArg",
} as const satisfies Record<Expression["kind"], string>;

/** What clients are told that a part of a filter is: the name that the official server has. */
export function kindName(expression: Expression): string {
  return KIND_NAMES[expression.kind];
}
