import { modulePath, relativeImport } from "./naming.mjs";

/** The module of the hand-written code that generated code calls. */
const WIRE = "wire/index";

/**
 * How type declarations import it. By its public name the compiler finds its source when it builds
 * this package, whose own output the relative path would name as an input.
 */
const WIRE_TYPES = "@perdure/proto/wire";

/** Collects what one generated module imports from the others and finds names for it. */
export class Imports {
  #module;
  #taken;
  #byModule = new Map();

  constructor(packageName, localNames) {
    this.packageName = packageName;
    this.#module = modulePath(packageName);
    this.#taken = new Set(localNames);
  }

  /** Returns the local name of `ident`, exported by the module of `packageName`. */
  name(packageName, ident) {
    if (packageName === this.packageName) return ident;
    return this.#from(modulePath(packageName), ident);
  }

  /** Returns the local name of `ident`, exported by the hand-written code. */
  fromWire(ident) {
    return this.#from(WIRE, ident);
  }

  #from(module, ident) {
    const names = this.#byModule.get(module) ?? new Map();
    this.#byModule.set(module, names);
    let local = names.get(ident);
    if (local === undefined) {
      local = ident;
      if (this.#taken.has(local)) local = `${module.replaceAll("/", "_")}_${ident}`;
      this.#taken.add(local);
      names.set(ident, local);
    }
    return local;
  }

  /** Returns the import statements; `keyword` is `import` or `import type`. */
  toString(keyword) {
    const relative = (module) => relativeImport(this.#module, module);
    return [...this.#byModule]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, names]) => {
        const list = [...names].map(([name, local]) =>
          name === local ? name : `${name} as ${local}`,
        );
        const path = keyword === "import type" && module === WIRE ? WIRE_TYPES : relative(module);
        return `${keyword} { ${list.join(", ")} } from "${path}";\n`;
      })
      .join("");
  }
}
