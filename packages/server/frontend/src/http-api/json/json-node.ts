/**
 * A parsed JSON value that remembers where it stood: errors name lines and columns, and numbers
 * keep all their digits.
 */
export type JsonNode = JsonLeaf | JsonArray | JsonObject;

export type JsonLeaf =
  | { readonly kind: "null"; readonly raw: string; readonly at: number }
  | { readonly kind: "number"; readonly raw: string; readonly at: number }
  | {
      readonly kind: "boolean";
      readonly value: boolean;
      readonly raw: string;
      readonly at: number;
    }
  | { readonly kind: "string"; readonly value: string; readonly raw: string; readonly at: number };

export interface JsonArray {
  readonly kind: "array";
  readonly items: readonly JsonNode[];
  readonly raw: "[";
  readonly at: number;
}

export interface JsonObject {
  readonly kind: "object";
  /** In the order of the text; a name may be there twice. */
  readonly members: readonly JsonMember[];
  readonly raw: "{";
  readonly at: number;
}

export interface JsonMember {
  readonly name: string;
  /** The name as written, with its quotes. */
  readonly raw: string;
  /** Where the name begins. */
  readonly at: number;
  readonly value: JsonNode;
}

/** Line and column of a place, both from 1; columns count code points. */
export function positionOf(text: string, at: number): string {
  const before = text.slice(0, at);
  const lines = before.split("\n");
  const column = [...(lines.at(-1) ?? "")].length + 1;
  return `${lines.length}:${column}`;
}
