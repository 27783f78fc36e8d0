/** Writes the generated modules into `dist/`, unless they are there already. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { emitCode } from "./emit-code.mjs";
import { DESCRIPTOR_TYPES, emitDescriptors } from "./emit-descriptors.mjs";
import { emitSchema, SCHEMA_TYPES } from "./emit-schema.mjs";
import { emitTypes } from "./emit-types.mjs";
import { inputFingerprint, loadRoot } from "./load-root.mjs";
import { buildModel } from "./model.mjs";
import { modulePath } from "./naming.mjs";

const generator = fileURLToPath(new URL(".", import.meta.url));
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const stampFile = path.join(dist, "generated.stamp");

const written = new Set();

function main() {
  const stamp = currentStamp();
  if (read(stampFile) === stamp) return;
  const root = loadRoot();
  const packages = buildModel(root);
  for (const pkg of packages) {
    write(`${modulePath(pkg.name)}.js`, emitCode(pkg));
    write(`${modulePath(pkg.name)}.d.ts`, emitTypes(pkg));
  }
  write("descriptors.js", emitDescriptors(root));
  write("descriptors.d.ts", DESCRIPTOR_TYPES);
  write("schema.js", emitSchema(packages, root));
  write("schema.d.ts", SCHEMA_TYPES);
  removeStale(new Set(packages.map(({ name }) => name.split(".")[0])));
  write("generated.stamp", stamp);
}

/** Returns a hash of everything that the generated code depends on. */
function currentStamp() {
  const hash = createHash("sha256").update(inputFingerprint());
  for (const file of readdirSync(generator).sort()) {
    hash.update(file).update(readFileSync(path.join(generator, file)));
  }
  return hash.digest("hex");
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * Leaves a file alone that has this text: others may be reading it, and compilers look at times.
 */
function write(name, text) {
  const file = path.join(dist, name);
  written.add(file);
  if (read(file) === text) return;
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Removes the modules of packages that are no more. */
function removeStale(folders) {
  for (const folder of folders) {
    for (const name of readdirSync(path.join(dist, folder), { recursive: true })) {
      const file = path.join(dist, folder, name);
      if (/\.(js|d\.ts)$/.test(name) && !written.has(file)) rmSync(file);
    }
  }
}

main();
