/** A file as the checks of this folder see it. */
import { parseSync, Visitor } from "oxc-parser";

const CODE = /\.(m?js|tsx?)$/;
const TEST = /(\.test\.[^.]+$)|((^|\/)(testing|contract|test)\/)/;
const SRC = /^(packages|conformance)\/(.+\/)?src\//;

/**
 * @typedef {object} Problem
 * @property {string} path - Relative to the repository.
 * @property {number} line - Counted from 1.
 * @property {string} message - Says what to do instead.
 */

/** One file of the repository. */
export class SourceFile {
  #program;
  #lineStarts;

  /**
   * @param {string} path - Relative to the repository, with forward slashes.
   * @param {string} text
   */
  constructor(path, text) {
    this.path = path;
    this.text = text;
  }

  /** Whether it is JavaScript or TypeScript. */
  get isCode() {
    return CODE.test(this.path);
  }

  /** Whether it is a test, or a part that tests alone use. */
  get isTest() {
    return TEST.test(this.path);
  }

  /** Whether it is code of a package that runs for a user. */
  get isProductCode() {
    return this.isCode && !this.isTest && SRC.test(this.path);
  }

  /** The syntax tree, as ESTree with TypeScript. */
  get program() {
    this.#program ??= parse(this.path, this.text);
    return this.#program;
  }

  /** Lines without the empty rest behind the last line feed. */
  get lines() {
    const lines = this.text.split("\n");
    if (lines.at(-1) === "") lines.pop();
    return lines;
  }

  /** Calls the functions of `visitor` (one for each type of node, see oxc-parser) on the tree. */
  visit(visitor) {
    new Visitor(visitor).visit(this.program);
  }

  /** Returns the line, counted from 1, of an offset of the text. */
  lineAt(offset) {
    this.#lineStarts ??= [0, ...[...this.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    return this.#lineStarts.findLastIndex((start) => start <= offset) + 1;
  }

  /** @returns {Problem} */
  problem(offset, message) {
    return { path: this.path, line: this.lineAt(offset), message };
  }
}

function parse(path, text) {
  const { program, errors } = parseSync(path, text);
  const error = errors.find(({ severity }) => severity === "Error");
  if (error !== undefined) throw new SyntaxError(`Cannot parse "${path}": ${error.message}`);
  return program;
}
