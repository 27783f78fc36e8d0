const FIXED64 = new Set(["fixed64", "sfixed64", "double"]);
const FIXED32 = new Set(["fixed32", "sfixed32", "float"]);
const BIGINTS = new Set(["int64", "uint64", "sint64", "fixed64", "sfixed64"]);

/** Enums are read and written as `int32`. */
export function scalarOf(field) {
  return field.enum ? "int32" : field.scalar;
}

/** Returns a field's tag: its number and the wire type of one unpacked item. */
export function tagOf(field) {
  return field.number * 8 + wireType(field);
}

/** Returns the tag of a packed list. */
export function packedTagOf(field) {
  return field.number * 8 + 2;
}

function wireType(field) {
  if (field.message || field.map) return 2;
  const scalar = scalarOf(field);
  if (scalar === "string" || scalar === "bytes") return 2;
  if (FIXED64.has(scalar)) return 1;
  return FIXED32.has(scalar) ? 5 : 0;
}

/** Returns the code of the value that an absent scalar has. */
export function defaultOf(field, imports) {
  const scalar = scalarOf(field);
  if (scalar === "string") return '""';
  if (scalar === "bytes") return imports.fromWire("EMPTY_BYTES");
  if (scalar === "bool") return "false";
  return BIGINTS.has(scalar) ? "0n" : "0";
}

/** Returns the name of the writer's method that writes a bare value. */
export function putMethod(field) {
  // These have the same bytes.
  const scalar = scalarOf(field).replace("uint64", "int64").replace("sfixed", "fixed");
  return `put${scalar[0].toUpperCase()}${scalar.slice(1)}`;
}
