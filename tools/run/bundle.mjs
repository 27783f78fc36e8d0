/** Puts the server and command line into few files, so that it starts fast. */
import { chmodSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { CommandError } from "./run-command.mjs";
import { CLI_BUNDLE, inRoot } from "./workspace.mjs";

const OUT_FOLDER = inRoot("packages/apps/cli/dist");
const ENTRY = inRoot("packages/apps/cli/dist/main.js");
/** Native packages find their binary next to themselves and so stay outside. */
const NATIVE_PACKAGES = ["better-sqlite3"];
/** Files that this tool writes, with their maps. */
const BUNDLED = /^perdure[-.].*\.js(\.map|\.LEGAL\.txt)?$/;
const MODULE_URL = /new URL\("(\.\.?\/[^"]+\.js)", import\.meta\.url\)/g;

/**
 * Writes `perdure.js`, one file for each module that the server starts by its URL (worker threads:
 * `new URL("./worker.js", import.meta.url)`), and one for each part that is loaded when it is
 * needed (`import()`), into the folder of the CLI's output.
 *
 * @throws {CommandError} When a module cannot be found.
 */
export async function bundleServer() {
  const esbuild = await import("esbuild");
  for (const file of readdirSync(OUT_FOLDER)) {
    if (BUNDLED.test(file)) rmSync(path.join(OUT_FOLDER, file));
  }
  const waiting = new Map([["perdure", ENTRY]]);
  const done = new Set();
  for (const [name, entry] of waiting) {
    if (done.has(name)) continue;
    done.add(name);
    await bundleOne(esbuild, {
      name,
      entry,
      onModuleUrl: (worker, file) => waiting.set(worker, file),
    });
  }
  chmodSync(CLI_BUNDLE, 0o755);
}

async function bundleOne(esbuild, { name, entry, onModuleUrl }) {
  try {
    await esbuild.build({
      entryPoints: { [name]: entry },
      outdir: OUT_FOLDER,
      chunkNames: "perdure-[name]-[hash]",
      bundle: true,
      // What is loaded later is a file of its own: parsing everything took half of the start.
      splitting: true,
      minifySyntax: true,
      minifyWhitespace: true,
      platform: "node",
      format: "esm",
      target: "node20",
      external: NATIVE_PACKAGES,
      sourcemap: true,
      legalComments: "linked",
      banner: { js: REQUIRE_BANNER },
      logLevel: "silent",
      plugins: [moduleUrls(onModuleUrl)],
    });
  } catch (error) {
    throw new CommandError(`Cannot bundle "${path.relative(OUT_FOLDER, entry)}"`, error.message);
  }
}

/** CommonJS packages call `require`, which an ES module does not have by itself. */
const REQUIRE_BANNER = [
  'import { createRequire as $createRequire } from "node:module";',
  "const require = $createRequire(import.meta.url);",
].join("\n");

/** Points URLs of modules at the file that the bundle has for them. */
function moduleUrls(onModuleUrl) {
  return {
    name: "module-urls",
    setup(build) {
      build.onLoad(
        { filter: /[/\\]packages[/\\].*[/\\]dist[/\\].*\.js$/ },
        async ({ path: file }) => {
          const { readFile } = await import("node:fs/promises");
          const text = await readFile(file, "utf8");
          if (!text.includes("import.meta.url")) return undefined;
          const contents = text.replace(MODULE_URL, (_whole, relative) => {
            const target = path.resolve(path.dirname(file), relative);
            const name = bundledName(target);
            onModuleUrl(name, target);
            return `new URL("./${name}.js", import.meta.url)`;
          });
          return { contents, loader: "js" };
        },
      );
    },
  };
}

/**
 * `packages/server/persistence-sqlite/dist/worker.js` becomes `perdure-persistence-sqlite-worker`.
 */
function bundledName(file) {
  const folder = path.basename(path.resolve(file, "../.."));
  return `perdure-${folder}-${path.basename(file, ".js")}`;
}
