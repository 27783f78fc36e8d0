import { slots } from "./emit-types.mjs";
import { packedTagOf, putMethod, scalarOf, tagOf } from "./wire-types.mjs";

/** Returns the function that writes a message's fields, in the order of their properties. */
export function emitWrite(message, imports) {
  const lines = slots(message).map((slot) =>
    slot.members ? oneofLines(slot, imports) : fieldLines(slot, `m.${slot.name}`, imports),
  );
  return `export function ${message.ident}$write(w, m) {
${lines.join("")}  if (m.$unknown !== undefined) w.raw(m.$unknown);
}
`;
}

function fieldLines(field, value, imports) {
  if (field.map) return mapLines(field, value, imports);
  if (field.repeated) return repeatedLines(field, value, imports);
  if (field.message) return `  if (${value} !== undefined) ${item(field, value, imports)}\n`;
  if (field.optional) return `  if (${value} !== undefined) ${item(field, value, imports)}\n`;
  return `  w.${scalarOf(field)}(${tagOf(field)}, ${value});\n`;
}

/** Returns the statement that writes one value, default or not. */
function item(field, value, imports) {
  if (!field.message) return `w.tag(${tagOf(field)}).${putMethod(field)}(${value});`;
  const { packageName, ident } = field.message;
  const write = imports.name(packageName, `${ident}$write`);
  return `{ const at = w.begin(${tagOf(field)}); ${write}(w, ${value}); w.end(at); }`;
}

function repeatedLines(field, value, imports) {
  if (field.packed) return packedLines(field, value);
  return `  if (${value} !== undefined) for (const v of ${value}) ${item(field, "v", imports)}\n`;
}

function packedLines(field, value) {
  return `  if (${value} !== undefined && ${value}.length > 0) {
    const at = w.begin(${packedTagOf(field)});
    for (const v of ${value}) w.${putMethod(field)}(v);
    w.end(at);
  }
`;
}

function mapLines(field, value, imports) {
  const { key, value: entry } = field.map;
  return `  if (${value} !== undefined) {
    for (const [k, v] of ${value}) {
      const at = w.begin(${tagOf(field)});
      ${item(key, "k", imports)}
      ${item(entry, "v", imports)}
      w.end(at);
    }
  }
`;
}

/**
 * Finds the member by the length of its name first: the engine makes a jump table of numbers, but
 * compares strings one by one, and a history event has more than fifty kinds.
 */
function oneofLines({ name, members }, imports) {
  const byLength = groupByLength(members);
  const cases = [...byLength]
    .sort(([a], [b]) => a - b)
    .map(([length, fields]) => {
      const tests = fields.map(
        (field) => `if (k === "${field.name}") ${item(field, "v", imports)}`,
      );
      return `      case ${length}:
        ${tests.join("\n        else ")}
        break;
`;
    });
  return `  if (m.${name} !== undefined) {
    const { kind: k, value: v } = m.${name};
    switch (k.length) {
${cases.join("")}    }
  }
`;
}

function groupByLength(fields) {
  const groups = new Map();
  for (const field of fields) {
    const { length } = field.name;
    groups.set(length, [...(groups.get(length) ?? []), field]);
  }
  return groups;
}
