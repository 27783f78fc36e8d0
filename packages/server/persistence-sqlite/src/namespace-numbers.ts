import { present } from "@perdure/kernel";
import type { Database, Statement } from "better-sqlite3";

/** Small numbers that stand for namespace IDs in rows. */
export class NamespaceNumbers {
  readonly #numbers = new Map<string, number>();
  readonly #ids = new Map<number, string>();
  readonly #selectNumber: Statement<[string], number>;
  readonly #selectId: Statement<[number], string>;
  readonly #insert: Statement<[string]>;

  constructor(database: Database) {
    this.#selectNumber = database
      .prepare<[string], number>(
        "SELECT namespace_no FROM namespace_numbers WHERE namespace_id = ?",
      )
      .pluck();
    this.#selectId = database
      .prepare<[number], string>(
        "SELECT namespace_id FROM namespace_numbers WHERE namespace_no = ?",
      )
      .pluck();
    this.#insert = database.prepare("INSERT INTO namespace_numbers (namespace_id) VALUES (?)");
  }

  /** The number of a namespace; `undefined` when no row has it yet. */
  find(namespaceId: string): number | undefined {
    const known = this.#numbers.get(namespaceId) ?? this.#selectNumber.get(namespaceId);
    if (known !== undefined) this.#remember(namespaceId, known);
    return known;
  }

  /** The number of a namespace; makes it in the transaction under way when there is none. */
  findOrMake(namespaceId: string): number {
    const known = this.#numbers.get(namespaceId) ?? this.find(namespaceId);
    if (known !== undefined) return known;
    const made = Number(this.#insert.run(namespaceId).lastInsertRowid);
    this.#remember(namespaceId, made);
    return made;
  }

  /** The namespace ID of a number that a row has. */
  idOf(namespaceNo: number): string {
    const known = this.#ids.get(namespaceNo) ?? this.#selectId.get(namespaceNo);
    const namespaceId = present(known, `Namespace number ${namespaceNo} is not stored`);
    this.#remember(namespaceId, namespaceNo);
    return namespaceId;
  }

  /** Forgets what a transaction that was rolled back may have made. */
  forget(): void {
    this.#numbers.clear();
    this.#ids.clear();
  }

  #remember(namespaceId: string, namespaceNo: number): void {
    this.#numbers.set(namespaceId, namespaceNo);
    this.#ids.set(namespaceNo, namespaceId);
  }
}
