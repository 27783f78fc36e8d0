import type { EnumSchema } from "@perdure/proto/wire";
import { fitsInto, integerOf } from "./json-integer.js";
import type { JsonNode } from "./json-node.js";

/**
 * Reads an enum: its name in the protocol, the short name of older clients (`RejectDuplicate`), or
 * its number. `undefined`: there is no such value.
 */
export function decodeEnum(node: JsonNode, schema: EnumSchema): number | undefined {
  if (node.kind === "number") {
    const number = integerOf(node.raw);
    const fits = number !== undefined && fitsInto(number, { bits: 32, isSigned: true });
    return fits ? Number(number) : undefined;
  }
  if (node.kind !== "string") return undefined;
  return schema.numberOf.get(node.value) ?? schema.numberOf.get(longName(schema, node.value));
}

/** `RejectDuplicate` of `WorkflowIdReusePolicy` → `WORKFLOW_ID_REUSE_POLICY_REJECT_DUPLICATE` */
function longName({ typeName }: EnumSchema, short: string): string {
  const name = typeName.slice(typeName.lastIndexOf(".") + 1);
  return `${name}_${short.trim()}`
    .replace(/([a-z])([A-Z0-9])/g, "$1_$2")
    .replace(/([0-9])([A-Za-z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/([A-Z])([0-9])/g, "$1_$2")
    .replace(/[ .-]/g, "_")
    .toUpperCase();
}
