/** Reads the imports of a folder's sources with dependency-cruiser. */
import { cruise } from "dependency-cruiser";

/** Compiled output is where an import of another package ends. */
const OUTPUT = ["/dist/", "node_modules"];

/**
 * Returns every import of the TypeScript sources below `folder`, types too.
 *
 * @param {string} folder - Relative to `baseDir`.
 * @param {string} baseDir - The repository; the other packages of it must be built.
 * @returns {Promise<import("./find-violations.mjs").Import[]>}
 */
export async function readImports(folder, baseDir) {
  const result = await cruise([folder], CRUISE_OPTIONS(baseDir), RESOLVE_OPTIONS);
  return result.output.modules
    .filter(({ source }) => /\/src\/.*\.tsx?$/.test(source))
    .flatMap(({ source, dependencies }) =>
      dependencies.map(({ module, resolved, coreModule, couldNotResolve }) => ({
        from: source,
        module,
        to: resolved,
        isNode: coreModule,
        isMissing: couldNotResolve,
      })),
    );
}

const CRUISE_OPTIONS = (baseDir) => ({
  baseDir,
  doNotFollow: { path: OUTPUT },
  // TypeScript 7 has no programming interface; swc reads the syntax as well.
  parser: "swc",
  tsPreCompilationDeps: true,
  moduleSystems: ["es6"],
});

const RESOLVE_OPTIONS = {
  conditionNames: ["types", "import", "node", "default"],
  exportsFields: ["exports"],
  extensions: [".ts", ".tsx", ".js", ".mjs", ".d.ts"],
  extensionAlias: { ".js": [".ts", ".tsx", ".js"] },
};
