import { EmbeddedActionsParser, type ParserMethod } from "chevrotain";
import { TOKEN_ORDER, TOKENS } from "./list-filter-lexer.js";
import type { Expression, Operand } from "./list-filter-tree.js";
import { nameOf, unquote } from "./quoted-text.js";

/** The rules for what stands on either side of an operator. */
export abstract class OperandParser extends EmbeddedActionsParser {
  /** A whole filter, which may stand in parentheses. */
  abstract readonly disjunction: ParserMethod<[], Expression>;

  constructor() {
    super(TOKEN_ORDER, { recoveryEnabled: false, maxLookahead: 1 });
  }

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

function parenthesised(items: readonly Expression[]): Operand {
  // While the parser records its grammar, rules give no results.
  const inner = items.length === 1 ? items[0] : undefined;
  return inner === undefined ? { kind: "tuple", items } : { kind: "paren", inner };
}

function negative(operand: Operand): Operand {
  if (operand.kind !== "integer" && operand.kind !== "decimal") {
    return { kind: "unary", operator: "-" };
  }
  const { kind, text } = operand;
  return { kind, text: text.startsWith("-") ? text.slice(1) : `-${text}` };
}
