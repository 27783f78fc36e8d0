import type { FieldSchema } from "@perdure/proto/wire";

/** A message as the generated code has it: what `@perdure/proto` calls its `Init` form. */
export type MessageRecord = Record<string, unknown>;

/** `variant_kind` → `variantKind`: the property of a oneof. */
export function oneofProperty(oneof: string): string {
  return oneof.replace(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

interface OneofValue {
  readonly kind: string;
  readonly value: unknown;
}

/** Reads a field of a message, whether or not it is one of a oneof. */
export function propertyOf(message: MessageRecord, field: FieldSchema): unknown {
  if (field.oneof === undefined) return message[field.jsonName];
  const chosen = message[oneofProperty(field.oneof)] as OneofValue | undefined;
  return chosen?.kind === field.jsonName ? chosen.value : undefined;
}

/** Sets a field of a message, whether or not it is one of a oneof. */
export function setProperty(message: MessageRecord, field: FieldSchema, value: unknown): void {
  if (field.oneof === undefined) message[field.jsonName] = value;
  else message[oneofProperty(field.oneof)] = { kind: field.jsonName, value };
}

/** Whether any field of the oneof is set. */
export function isOneofSet(message: MessageRecord, oneof: string): boolean {
  return message[oneofProperty(oneof)] !== undefined;
}
