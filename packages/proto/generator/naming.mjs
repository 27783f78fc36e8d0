/** `WorkflowIdReusePolicy` → `WORKFLOW_ID_REUSE_POLICY` */
export function upperSnake(name) {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toUpperCase();
}

/** `workflow_id` → `workflowId` */
export function lowerCamel(name) {
  return name.replace(/_+([a-zA-Z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** `workflowId` → `workflow_id` */
export function lowerSnake(name) {
  return name.replace(/([A-Z])/g, "_$1").toLowerCase();
}

/**
 * Returns the names of an enum's values without the prefix that the protocol's style demands, by
 * full name. A name that would start with a digit stays whole.
 */
export function shortValueNames(enumName, fullNames) {
  const prefix = `${upperSnake(enumName)}_`;
  const hasPrefix = fullNames.every((name) => name.startsWith(prefix));
  const shorten = (name) => {
    const short = name.slice(prefix.length);
    return /^[A-Z]/.test(short) ? short : name;
  };
  return new Map(fullNames.map((name) => [name, hasPrefix ? shorten(name) : name]));
}

/** `temporal.api.common.v1` → `temporal/api/common/v1` */
export function modulePath(packageName) {
  return packageName.replaceAll(".", "/");
}

/** Path from one generated module to another (or to `wire/index`), with its extension. */
export function relativeImport(fromModule, toModule) {
  const up = fromModule.split("/").length - 1;
  return `${up === 0 ? "./" : "../".repeat(up)}${toModule}.js`;
}
