import { modulePath, relativeImport } from "./naming.mjs";

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
    return this.from(modulePath(packageName), ident);
  }

  /** Returns the local name of `ident`, exported by `module`. */
  from(module, ident) {
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
    return [...this.#byModule]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([module, names]) => {
        const list = [...names].map(([name, local]) =>
          name === local ? name : `${name} as ${local}`,
        );
        const path = relativeImport(this.#module, module);
        return `${keyword} { ${list.join(", ")} } from "${path}";\n`;
      })
      .join("");
  }
}
