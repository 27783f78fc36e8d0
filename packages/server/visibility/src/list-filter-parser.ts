import { EmbeddedActionsParser, type IToken } from "chevrotain";
import { TOKEN_ORDER, TOKENS } from "./list-filter-lexer.js";
import type {
  Expression,
  Operand,
  Operator,
  ParsedOrder,
  ParsedQuery,
} from "./list-filter-tree.js";
import { nameOf, unquote } from "./quoted-text.js";

/**
 * Parser of the list-filter language; the tree it makes is checked by `checkFilter()`. One token
 * always tells how to go on, so that an error names the token that can't stand where it is.
 */
export class ListFilterParser extends EmbeddedActionsParser {
  constructor() {
    super(TOKEN_ORDER, { recoveryEnabled: false, maxLookahead: 1 });
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
    const operator = (name: "in" | "like" | "regexp" | "starts_with"): Operator =>
      isNegated ? `not ${name}` : name;
    return this.OR<Expression>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.in);
          return { kind: "compare", left, operator: operator("in"), right: this.SUBRULE(this.set) };
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
          const right = this.SUBRULE2(this.operand);
          return { kind: "compare", left, operator: operator("starts_with"), right };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.regexp);
          const right = this.SUBRULE3(this.operand);
          return { kind: "compare", left, operator: operator("regexp"), right };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.like);
          const right = this.SUBRULE4(this.operand);
          this.OPTION(() => {
            this.CONSUME(TOKENS.escape);
            this.SUBRULE5(this.operand);
          });
          return { kind: "compare", left, operator: operator("like"), right };
        },
      },
    ]);
  });

  readonly set = this.RULE("set", (): Operand => {
    return this.OR<Operand>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.argumentList);
          return { kind: "argumentList" };
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.open);
          const items = this.SUBRULE(this.expressions);
          this.CONSUME(TOKENS.close);
          return { kind: "tuple", items };
        },
      },
    ]);
  });

  readonly expressions = this.RULE("expressions", (): readonly Expression[] => {
    const items: Expression[] = [];
    this.AT_LEAST_ONE_SEP({
      SEP: TOKENS.comma,
      DEF: () => items.push(this.SUBRULE(this.disjunction)),
    });
    return items;
  });

  readonly operand = this.RULE("operand", (): Operand => {
    let result = this.SUBRULE(this.factor);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(TOKENS.minus) },
        { ALT: () => this.CONSUME(TOKENS.plus) },
        { ALT: () => this.CONSUME(TOKENS.arithmetic) },
        { ALT: () => this.CONSUME(TOKENS.shift) },
      ]);
      this.SUBRULE1(this.factor);
      result = { kind: "arithmetic" };
    });
    return result;
  });

  readonly factor = this.RULE("factor", (): Operand => {
    return this.OR<Operand>([
      {
        ALT: () => {
          this.CONSUME(TOKENS.minus);
          return negative(this.SUBRULE(this.factor));
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.plus);
          const operand = this.SUBRULE1(this.factor);
          return operand.kind === "integer" ? operand : { kind: "unary", operator: "+" };
        },
      },
      {
        ALT: () => {
          const operator = this.CONSUME(TOKENS.prefix).image;
          this.SUBRULE2(this.factor);
          return { kind: "unary", operator };
        },
      },
      { ALT: () => this.SUBRULE(this.nameOrCall) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.literal) },
    ]);
  });

  readonly nameOrCall = this.RULE("nameOrCall", (): Operand => {
    let text = this.SUBRULE(this.name);
    // A name may be qualified by a table and a database, and no attribute has such a name.
    this.OPTION2(() => {
      this.CONSUME(TOKENS.dot);
      text += `.${this.SUBRULE1(this.name)}`;
      this.OPTION3(() => {
        this.CONSUME1(TOKENS.dot);
        text += `.${this.SUBRULE2(this.name)}`;
      });
    });
    const call = this.OPTION((): Operand => {
      this.CONSUME(TOKENS.open);
      this.OPTION1(() =>
        this.OR([
          { ALT: () => this.SUBRULE(this.expressions) },
          { ALT: () => this.CONSUME(TOKENS.arithmetic) },
        ]),
      );
      this.CONSUME(TOKENS.close);
      return { kind: "call" };
    });
    return call ?? { kind: "name", text };
  });

  readonly name = this.RULE("name", (): string => {
    return this.OR([
      { ALT: () => this.CONSUME(TOKENS.word).image },
      { ALT: () => nameOf(this.CONSUME(TOKENS.quotedName).image) },
    ]);
  });

  readonly group = this.RULE("group", (): Operand => {
    this.CONSUME(TOKENS.open);
    const items = this.SUBRULE(this.expressions);
    this.CONSUME(TOKENS.close);
    return parenthesised(items);
  });

  readonly literal = this.RULE("literal", (): Operand => {
    return this.OR<Operand>([
      { ALT: () => ({ kind: "text", text: unquote(this.CONSUME(TOKENS.text).image) }) },
      { ALT: () => ({ kind: "integer", text: this.CONSUME(TOKENS.integer).image }) },
      { ALT: () => ({ kind: "decimal", text: this.CONSUME(TOKENS.decimal).image }) },
      { ALT: () => ({ kind: "unreadable", text: this.CONSUME(TOKENS.hexNumber).image }) },
      { ALT: () => ({ kind: "unreadable", text: this.CONSUME(TOKENS.hexText).image }) },
      { ALT: () => ({ kind: "unreadable", text: this.CONSUME(TOKENS.bitText).image }) },
      { ALT: () => ({ kind: "unreadable", text: this.CONSUME(TOKENS.argument).image }) },
      { ALT: () => ({ kind: "boolean", isTrue: this.SUBRULE(this.truth) }) },
      {
        ALT: () => {
          this.CONSUME(TOKENS.null);
          return { kind: "null" };
        },
      },
    ]);
  });

  readonly truth = this.RULE("truth", (): boolean => {
    return this.OR([
      {
        ALT: () => {
          this.CONSUME(TOKENS.true);
          return true;
        },
      },
      {
        ALT: () => {
          this.CONSUME(TOKENS.false);
          return false;
        },
      },
    ]);
  });
}

function joined(kind: "and" | "or", operands: readonly Expression[]): Expression {
  const [first] = operands;
  return operands.length === 1 && first !== undefined ? first : { kind, operands };
}

function parenthesised(items: readonly Expression[]): Operand {
  // While the parser records its grammar, rules give no results.
  const inner = items.length === 1 ? items[0] : undefined;
  return inner === undefined ? { kind: "tuple", items } : { kind: "paren", inner };
}

function operatorOf(token: IToken): Operator {
  return token.image === "<>" ? "!=" : (token.image as Operator);
}

function negative(operand: Operand): Operand {
  if (operand.kind !== "integer" && operand.kind !== "decimal") {
    return { kind: "unary", operator: "-" };
  }
  const { kind, text } = operand;
  return { kind, text: text.startsWith("-") ? text.slice(1) : `-${text}` };
}
