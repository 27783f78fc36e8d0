import type { IToken } from "chevrotain";
import { TOKENS } from "./list-filter-lexer.js";
import type {
  Expression,
  Operand,
  Operator,
  ParsedOrder,
  ParsedQuery,
} from "./list-filter-tree.js";
import { OperandParser } from "./operand-parser.js";

type WordOperator = "in" | "like" | "regexp" | "starts_with";

/**
 * Parser of the list-filter language; the tree it makes is checked by `checkFilter()`. One token
 * always tells how to go on, so that an error names the token that can't stand where it is.
 */
export class ListFilterParser extends OperandParser {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  readonly filteredQuery = this.RULE("filteredQuery", (): ParsedQuery => {
    const filter = this.SUBRULE(this.disjunction);
    return { ...this.SUBRULE(this.clauses), filter };
  });

  /** What may come after a filter, and stands alone where there is none. */
  readonly clauses = this.RULE("clauses", (): ParsedQuery => {
    const groups: Expression[] = [];
    this.OPTION1(() => {
      this.CONSUME(TOKENS.group);
      this.CONSUME(TOKENS.by);
      this.AT_LEAST_ONE_SEP({
        SEP: TOKENS.comma,
        DEF: () => groups.push(this.SUBRULE1(this.disjunction)),
      });
    });
    const order: ParsedOrder[] = [];
    this.OPTION2(() => {
      this.CONSUME(TOKENS.order);
      this.CONSUME1(TOKENS.by);
      this.AT_LEAST_ONE_SEP1({
        SEP: TOKENS.comma,
        DEF: () => order.push(this.SUBRULE(this.ordering)),
      });
    });
    let hasLimit = false;
    this.OPTION3(() => {
      this.CONSUME(TOKENS.limit);
      this.CONSUME(TOKENS.integer);
      hasLimit = true;
    });
    this.OPTION4(() => this.CONSUME(TOKENS.semicolon));
    return { filter: undefined, groups, order, hasLimit };
  });

  readonly ordering = this.RULE("ordering", (): ParsedOrder => {
    const term = this.SUBRULE(this.disjunction);
    let isDescending = false;
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(TOKENS.ascending) },
        {
          ALT: () => {
            this.CONSUME(TOKENS.descending);
            isDescending = true;
          },
        },
      ]);
    });
    return { term, isDescending };
  });

  readonly disjunction = this.RULE("disjunction", (): Expression => {
    const operands = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(TOKENS.or) }, { ALT: () => this.CONSUME(TOKENS.orSign) }]);
      operands.push(this.SUBRULE1(this.conjunction));
    });
    return joined("or", operands);
  });

  readonly conjunction = this.RULE("conjunction", (): Expression => {
    const operands = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(TOKENS.and) },
        { ALT: () => this.CONSUME(TOKENS.andSign) },
      ]);
      operands.push(this.SUBRULE1(this.negation));
    });
    return joined("and", operands);
  });

  readonly negation = this.RULE("negation", (): Expression => {
    return this.OR<Expression>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.not);
          return { kind: "not", operand: this.SUBRULE(this.negation) };
        },
      },
      { ALT: () => this.SUBRULE(this.nullTests) },
    ]);
  });

  readonly nullTests = this.RULE("nullTests", (): Expression => {
    let tested = this.SUBRULE(this.condition);
    this.MANY(() => {
      this.CONSUME(TOKENS.is);
      const isNegated = this.OPTION(() => this.CONSUME(TOKENS.not)) !== undefined;
      const what = this.OR([
        {
          ALT: () => {
            this.CONSUME(TOKENS.null);
            return "null" as const;
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.truth);
            return "truth" as const;
          },
        },
      ]);
      tested = { kind: "is", operand: tested, what, isNegated };
    });
    return tested;
  });

  readonly condition = this.RULE("condition", (): Expression => {
    const left = this.SUBRULE(this.operand);
    const tested = this.OPTION(() =>
      this.OR<Expression>([
        {
          ALT: () => {
            const operator = operatorOf(this.CONSUME(TOKENS.comparison));
            return { kind: "compare", left, operator, right: this.SUBRULE1(this.operand) };
          },
        },
        { ALT: () => this.SUBRULE(this.test, { ARGS: [left, false] }) },
        {
          ALT: () => {
            this.CONSUME(TOKENS.not);
            return this.SUBRULE1(this.test, { ARGS: [left, true] });
          },
        },
      ]),
    );
    return tested ?? left;
  });

  /** A test with a word for its operator, which may be negated. */
  readonly test = this.RULE("test", (left: Operand, isNegated: boolean): Expression => {
    const compare = (name: WordOperator, right: Operand): Expression => {
      return { kind: "compare", left, operator: isNegated ? `not ${name}` : name, right };
    };
    return this.OR<Expression>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.in);
          return compare("in", this.SUBRULE(this.set));
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.between);
          const low = this.SUBRULE(this.operand);
          this.CONSUME(TOKENS.and);
          return { kind: "between", left, low, high: this.SUBRULE1(this.operand), isNegated };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.startsWith);
          return compare("starts_with", this.SUBRULE2(this.operand));
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.regexp);
          return compare("regexp", this.SUBRULE3(this.operand));
        },
      },
      { ALT: () => compare("like", this.SUBRULE(this.pattern)) },
    ]);
  });

  readonly pattern = this.RULE("pattern", (): Operand => {
    this.CONSUME(TOKENS.like);
    const pattern = this.SUBRULE(this.operand);
    this.OPTION(() => {
      this.CONSUME(TOKENS.escape);
      this.SUBRULE1(this.operand);
    });
    return pattern;
  });
}

function joined(kind: "and" | "or", operands: readonly Expression[]): Expression {
  const [first] = operands;
  return operands.length === 1 && first !== undefined ? first : { kind, operands };
}

function operatorOf(token: IToken): Operator {
  return token.image === "<>" ? "!=" : (token.image as Operator);
}
