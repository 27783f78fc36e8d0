/** What stands where a value should: not all of it may. */
export interface Literal {
  readonly kind: "text" | "number" | "boolean" | "null" | "name";
  readonly text: string;
}

/** A filter as it is written: names and values are not checked yet. */
export type Expression =
  | { readonly kind: "and" | "or"; readonly operands: readonly Expression[] }
  | { readonly kind: "not"; readonly operand: Expression }
  | {
      readonly kind: "compare";
      readonly name: string;
      readonly operator: string;
      readonly value: Literal;
    }
  | {
      readonly kind: "in";
      readonly name: string;
      readonly values: readonly Literal[];
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "between";
      readonly name: string;
      readonly low: Literal;
      readonly high: Literal;
      readonly isNegated: boolean;
    }
  | {
      readonly kind: "startsWith";
      readonly name: string;
      readonly prefix: Literal;
      readonly isNegated: boolean;
    }
  | { readonly kind: "isNull"; readonly name: string; readonly isNegated: boolean }
  | {
      readonly kind: "like";
      readonly name: string;
      readonly value: Literal;
      readonly isNegated: boolean;
    }
  /** What can be read, but means nothing to a list; the text says why. */
  | { readonly kind: "unsupported"; readonly reason: string };

export interface ParsedOrder {
  readonly name: string;
  readonly isDescending: boolean;
}

export interface ParsedQuery {
  readonly filter: Expression | undefined;
  /** Names of a GROUP BY clause. */
  readonly groups: readonly string[];
  readonly order: readonly ParsedOrder[];
  readonly hasLimit: boolean;
}
