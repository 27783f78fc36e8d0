import { describeFile } from "./encode-descriptor.mjs";
import { layOutFiles } from "./file-layout.mjs";

/**
 * Returns `descriptors.js`: every file with its dependencies, symbols and serialized
 * `google.protobuf.FileDescriptorProto`, dependencies first.
 */
export function emitDescriptors(root) {
  const files = layOutFiles(root);
  const fileOf = indexTypes(files);
  const described = [...files].map(([name, items]) => ({
    file: describeFile({ name, items, fileOf }),
    symbols: items.flatMap(symbolsOf),
  }));
  const entries = inOrder(described).map(({ file, symbols }) => {
    const bytes = Buffer.from(serialize(root, file)).toString("base64");
    const lists = { dependencies: file.dependency.join(" "), symbols: symbols.join(" ") };
    return `  file("${file.name}", ${JSON.stringify(lists)}, "${bytes}"),\n`;
  });
  return `import { lazyFile as file } from "./wire/descriptor-file.js";

export const descriptorFiles = /*#__PURE__*/ Object.freeze([
${entries.join("")}]);
`;
}

export const DESCRIPTOR_TYPES = `import type { DescriptorFile } from "@perdure/proto/wire";

/** All files of the API, each after those that it imports. Large: import it when needed. */
export declare const descriptorFiles: readonly DescriptorFile[];
`;

function indexTypes(files) {
  const names = new Map();
  for (const [name, items] of files) for (const item of items) names.set(item, name);
  return (type) => {
    let top = type;
    while (!names.has(top)) top = top.parent;
    return names.get(top);
  };
}

function symbolsOf(item) {
  const name = item.fullName.slice(1);
  const methods = (item.methodsArray ?? []).map((method) => `${name}.${method.name}`);
  const isGroup = item.fieldsArray !== undefined;
  const nested = isGroup ? item.nestedArray.flatMap(symbolsOf) : [];
  return [name, ...methods, ...nested];
}

function inOrder(described) {
  const byName = new Map(described.map((one) => [one.file.name, one]));
  const ordered = new Set();
  const visit = (one, path) => {
    if (path.includes(one)) throw new Error(`Files import each other: ${one.file.name}`);
    for (const name of one.file.dependency) visit(byName.get(name), [...path, one]);
    ordered.add(one);
  };
  for (const one of described) visit(one, []);
  return [...ordered];
}

/** Serializes with the descriptor messages that the loaded root itself carries. */
function serialize(root, file) {
  const type = root.lookupType("google.protobuf.FileDescriptorProto");
  return type.encode(type.fromObject(file)).finish();
}
