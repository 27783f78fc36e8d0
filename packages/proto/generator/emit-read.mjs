import { slots } from "./emit-types.mjs";
import { defaultOf, packedTagOf, scalarOf, tagOf } from "./wire-types.mjs";

/** Returns the function that reads a message's fields into one object of a fixed shape. */
export function emitRead(message, imports) {
  const defaults = slots(message).map(
    (slot) => `  ${slot.name}: ${defaultOfSlot(slot, imports)},\n`,
  );
  const cases = message.fields.map((field) => fieldCases(message, field, imports));
  const maps = message.fields.filter((field) => field.map);
  return `export function ${message.ident}$read(r, end, m = {
${defaults.join("")}  $unknown: undefined,
}) {
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag >>> 3) {
${cases.join("")}    }
    r.unknown(m, tag);
  }
  r.leave(end);
  return m;
}
${maps.map((field) => mapFunction(message, field, imports)).join("")}`;
}

function defaultOfSlot(slot, imports) {
  if (slot.members) return "undefined";
  if (slot.map) return imports.fromWire("EMPTY_MAP");
  if (slot.repeated) return imports.fromWire("EMPTY_ARRAY");
  if (slot.message || slot.optional) return "undefined";
  return defaultOf(slot, imports);
}

/**
 * Cases are field numbers and not tags: the engine makes a jump table of them, because they are
 * dense. After a `break` the field is unknown.
 */
function fieldCases(message, field, imports) {
  const target = `m.${field.oneof ?? field.name}`;
  const lines = field.packed
    ? packedLines(field, target, imports)
    : assignLine(tagOf(field), target, newValue(message, field, target, imports));
  return `      case ${field.number}:
${lines}        break;
`;
}

function assignLine(tag, target, value) {
  return `        if (tag === ${tag}) { ${target} = ${value}; continue; }\n`;
}

function newValue(message, field, target, imports) {
  if (field.map) return `${mapReader(message, field)}(r, ${target})`;
  if (field.repeated) {
    const append = imports.fromWire("append");
    return `${append}(${target}, ${readItem(field, imports)})`;
  }
  if (field.oneof === undefined) return readItem(field, imports, field.message && target);
  const current = imports.fromWire("current");
  const before = field.message && `${current}(${target}, "${field.name}")`;
  return `{ kind: "${field.name}", value: ${readItem(field, imports, before)} }`;
}

/** A packable list is accepted in both forms. */
function packedLines(field, target, imports) {
  const append = imports.fromWire("append");
  const one = `${append}(${target}, ${readItem(field, imports)})`;
  const packed = `r.packed(${target}, r.${scalarOf(field)})`;
  return assignLine(tagOf(field), target, one) + assignLine(packedTagOf(field), target, packed);
}

/** `before` is the code of the message to merge into. */
function readItem(field, imports, before) {
  if (field.message === undefined) return `r.${scalarOf(field)}()`;
  const read = imports.name(field.message.packageName, `${field.message.ident}$read`);
  return `${read}(r, r.enter()${before === undefined ? "" : `, ${before}`})`;
}

function mapReader(message, field) {
  return `${message.ident}$${field.name}$read`;
}

function mapFunction(message, field, imports) {
  const { key, value } = field.map;
  const insert = imports.fromWire("insert");
  const start = value.message ? "undefined" : defaultOf(value, imports);
  const read =
    value.message && imports.name(value.message.packageName, `${value.message.ident}$read`);
  const result = value.message ? `v ?? r.absent(${read})` : "v";
  return `function ${mapReader(message, field)}(r, map) {
  let k = ${defaultOf(key, imports)};
  let v = ${start};
  const end = r.enter();
  while (r.pos < end) {
    const tag = r.tag();
    switch (tag) {
      case ${tagOf(key)}:
        k = ${readItem(key, imports)};
        break;
      case ${tagOf(value)}:
        v = ${readItem(value, imports, value.message && "v")};
        break;
      default:
        r.skip(tag);
    }
  }
  r.leave(end);
  return ${insert}(map, k, ${result});
}
`;
}
