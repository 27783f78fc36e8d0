import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { addHealthList, HEALTH_LIST } from "./health-list.mjs";

const require = createRequire(import.meta.url);
const temporalProto = require.resolve("@temporalio/proto/package.json");
const reflection = require.resolve("@grpc/reflection/package.json");
const ownFolder = fileURLToPath(new URL("..", import.meta.url));

/** Packages that nobody here speaks: the Rust core's bridge, the cloud's control plane. */
const LEFT_OUT = /^(coresdk|temporal\.api\.cloud)(\.|$)/;

/** The .proto files that no npm package carries as JSON: [name as imported, path]. */
function protoFiles() {
  const reflectionFolder = path.join(path.dirname(reflection), "build/proto");
  const fromReflection = ["v1", "v1alpha"].map((version) => {
    const name = `grpc/reflection/${version}/reflection.proto`;
    return [name, path.join(reflectionFolder, name)];
  });
  const folder = path.join(ownFolder, "perdure");
  const own = (existsSync(folder) ? readdirSync(folder, { recursive: true }) : [])
    .filter((file) => file.endsWith(".proto"))
    .sort()
    .map((file) => [`perdure/${file}`, path.join(folder, file)]);
  return [...fromReflection, ...own];
}

/** What the generated code depends on, as text: changes when the code has to be made again. */
export function inputFingerprint() {
  const versions = [temporalProto, reflection].map(
    (file) => JSON.parse(readFileSync(file)).version,
  );
  const protos = protoFiles().map(([name, file]) => `${name}\n${readFileSync(file, "utf8")}`);
  return [...versions, HEALTH_LIST, ...protos].join("\n");
}

/**
 * Loads all descriptors into one protobufjs Root with every reference resolved.
 *
 * The protobufjs is the one that `@temporalio/proto` uses, since its JSON module fills the root of
 * that copy.
 */
export function loadRoot() {
  const fromTemporal = createRequire(temporalProto);
  const protobuf = fromTemporal("protobufjs");
  const root = require("@temporalio/proto/protos/json-module.js");
  for (const [name, file] of protoFiles()) {
    const parsed = protobuf.parse(readFileSync(file, "utf8"), root);
    markFile(root.lookup(parsed.package), name);
  }
  addHealthList(protobuf, root);
  root.resolveAll();
  return root;
}

/** Remembers which file the types of a parsed package came from. */
function markFile(namespace, name) {
  for (const item of namespace.nestedArray) item.filename ??= name;
}

/** Says whether code is generated for a proto package. */
export function isWanted(packageName) {
  return !LEFT_OUT.test(packageName);
}
