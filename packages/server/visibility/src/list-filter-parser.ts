import { EmbeddedActionsParser, type IToken } from "chevrotain";
import { TOKEN_ORDER, TOKENS } from "./list-filter-lexer.js";
import type { Expression, Literal, ParsedOrder, ParsedQuery } from "./list-filter-tree.js";

const NO_COLUMN = "invalid expression: must be a column name but was *sqlparser.SQLVal";
const INCOMPLETE = "invalid expression: incomplete expression";
const NO_FUNCTION = "operation is not supported: function expression";
const ONLY_NULL =
  "invalid expression: 'IS' operator can only be used as 'IS NULL' or 'IS NOT NULL'";

/** Parser of the list-filter language; the tree it makes is checked by `checkQuery`. */
export class ListFilterParser extends EmbeddedActionsParser {
  constructor() {
    super(TOKEN_ORDER, { recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  readonly query = this.RULE("query", (): ParsedQuery => {
    const filter = this.OPTION(() => this.SUBRULE(this.disjunction));
    const groups: string[] = [];
    this.OPTION1(() => {
      this.CONSUME(TOKENS.groupBy);
      this.AT_LEAST_ONE_SEP1({
        SEP: TOKENS.comma,
        DEF: () => {
          groups.push(nameOf(this.CONSUME(TOKENS.identifier)));
        },
      });
    });
    const order: ParsedOrder[] = [];
    this.OPTION2(() => {
      this.CONSUME(TOKENS.orderBy);
      this.AT_LEAST_ONE_SEP({
        SEP: TOKENS.comma,
        DEF: () => {
          order.push(this.SUBRULE(this.ordering));
        },
      });
    });
    let hasLimit = false;
    this.OPTION3(() => {
      this.CONSUME(TOKENS.limit);
      this.CONSUME(TOKENS.number);
      hasLimit = true;
    });
    return { filter, groups, order, hasLimit };
  });

  readonly ordering = this.RULE("ordering", (): ParsedOrder => {
    const name = nameOf(this.CONSUME(TOKENS.identifier));
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
    return { name, isDescending };
  });

  readonly disjunction = this.RULE("disjunction", (): Expression => {
    const operands: Expression[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: TOKENS.or,
      DEF: () => {
        operands.push(this.SUBRULE(this.conjunction));
      },
    });
    return joined("or", operands);
  });

  readonly conjunction = this.RULE("conjunction", (): Expression => {
    const operands: Expression[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: TOKENS.and,
      DEF: () => {
        operands.push(this.SUBRULE(this.negation));
      },
    });
    return joined("and", operands);
  });

  readonly negation = this.RULE("negation", (): Expression => {
    return this.OR([
      {
        ALT: () => {
          this.CONSUME(TOKENS.not);
          return { kind: "not", operand: this.SUBRULE(this.negation) } as const;
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.open);
          const inner = this.SUBRULE(this.disjunction);
          this.CONSUME(TOKENS.close);
          return inner;
        },
      },
      { ALT: () => this.SUBRULE(this.condition) },
    ]);
  });

  readonly condition = this.RULE("condition", (): Expression => {
    return this.OR<Expression>([
      {
        ALT: () => {
          this.SUBRULE(this.constant);
          this.CONSUME(TOKENS.comparison);
          this.SUBRULE(this.literal);
          return { kind: "unsupported", reason: NO_COLUMN };
        },
      },
      {
        ALT: () => {
          const name = nameOf(this.CONSUME(TOKENS.identifier));
          return this.SUBRULE(this.test, { ARGS: [name] });
        },
      },
    ]);
  });

  readonly test = this.RULE("test", (name: string): Expression => {
    return this.OR<Expression>([
      {
        ALT: () => {
          const operator = this.CONSUME(TOKENS.comparison).image;
          return { kind: "compare", name, operator, value: this.SUBRULE(this.literal) };
        },
      },
      { ALT: () => this.SUBRULE(this.nullTest, { ARGS: [name] }) },
      { ALT: () => this.SUBRULE(this.setTest, { ARGS: [name] }) },
      {
        ALT: () => {
          this.SUBRULE(this.literals);
          return { kind: "unsupported", reason: NO_FUNCTION };
        },
      },
      { ALT: () => ({ kind: "unsupported", reason: INCOMPLETE }) },
    ]);
  });

  readonly nullTest = this.RULE("nullTest", (name: string): Expression => {
    this.CONSUME(TOKENS.is);
    let isNegated = false;
    this.OPTION(() => {
      this.CONSUME(TOKENS.not);
      isNegated = true;
    });
    return this.OR<Expression>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.null);
          return { kind: "isNull", name, isNegated };
        },
      },
      {
        ALT: () => {
          this.SUBRULE(this.truth);
          return { kind: "unsupported", reason: ONLY_NULL };
        },
      },
    ]);
  });

  readonly setTest = this.RULE("setTest", (name: string): Expression => {
    let isNegated = false;
    this.OPTION(() => {
      this.CONSUME(TOKENS.not);
      isNegated = true;
    });
    return this.OR<Expression>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.in);
          return { kind: "in", name, values: this.SUBRULE(this.literals), isNegated };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.between);
          const low = this.SUBRULE(this.literal);
          this.CONSUME(TOKENS.and);
          return { kind: "between", name, low, high: this.SUBRULE2(this.literal), isNegated };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.startsWith);
          return { kind: "startsWith", name, prefix: this.SUBRULE3(this.literal), isNegated };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.like);
          return { kind: "like", name, value: this.SUBRULE4(this.literal), isNegated };
        },
      },
    ]);
  });

  readonly literals = this.RULE("literals", (): readonly Literal[] => {
    const values: Literal[] = [];
    this.CONSUME(TOKENS.open);
    this.AT_LEAST_ONE_SEP({
      SEP: TOKENS.comma,
      DEF: () => {
        values.push(this.SUBRULE(this.literal));
      },
    });
    this.CONSUME(TOKENS.close);
    return values;
  });

  readonly literal = this.RULE("literal", (): Literal => {
    return this.OR<Literal>([
      { ALT: () => this.SUBRULE(this.constant) },
      { ALT: () => this.SUBRULE(this.truth) },
      {
        ALT: () => {
          this.CONSUME(TOKENS.null);
          return { kind: "null", text: "NULL" };
        },
      },
      { ALT: () => ({ kind: "name", text: nameOf(this.CONSUME(TOKENS.identifier)) }) },
    ]);
  });

  readonly constant = this.RULE("constant", (): Literal => {
    return this.OR<Literal>([
      { ALT: () => ({ kind: "text", text: unquote(this.CONSUME(TOKENS.text)) }) },
      { ALT: () => ({ kind: "number", text: this.CONSUME(TOKENS.number).image }) },
    ]);
  });

  readonly truth = this.RULE("truth", (): Literal => {
    return this.OR<Literal>([
      { ALT: () => ({ kind: "boolean", text: this.CONSUME(TOKENS.true).image.toLowerCase() }) },
      { ALT: () => ({ kind: "boolean", text: this.CONSUME(TOKENS.false).image.toLowerCase() }) },
    ]);
  });
}

function joined(kind: "and" | "or", operands: readonly Expression[]): Expression {
  const [first] = operands;
  return operands.length === 1 && first !== undefined ? first : { kind, operands };
}

function nameOf(token: IToken): string {
  return token.image.startsWith("`") ? token.image.slice(1, -1) : token.image;
}

/** The text between quotes; doubled quotes and backslashes stand for themselves. */
function unquote(token: IToken): string {
  const { image } = token;
  // While the parser records its grammar, tokens have no quotes.
  if (image.length < 2) return image;
  const quote = image.slice(0, 1);
  return image
    .slice(1, -1)
    .replaceAll(quote + quote, quote)
    .replace(/\\(.)/g, "$1");
}
