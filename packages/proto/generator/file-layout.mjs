import { isWanted } from "./load-root.mjs";
import { modulePath } from "./naming.mjs";

const WRAPPERS = /^(Double|Float|U?Int(32|64)|Bool|String|Bytes)Value$/;
const STRUCT = new Set(["Struct", "Value", "NullValue", "ListValue"]);
const OWN_FILE = { Duration: "duration", Timestamp: "timestamp", Empty: "empty", Any: "any" };

/** An API gateway's options, which no method here carries, and what no client sees. */
const LEFT_OUT = /^(grpc\.gateway|perdure\.internal)\b/;

/** Names of files whose package alone doesn't tell. */
const KNOWN_FILES = {
  "google.api": "google/api/annotations.proto",
  "google.rpc": "google/rpc/status.proto",
  "grpc.health.v1": "grpc/health/v1/health.proto",
  "nexusannotations.v1": "nexusannotations/v1/options.proto",
  "temporal.api.enums.v1": "temporal/api/enums/v1/enums.proto",
  "temporal.api.protometa.v1": "temporal/api/protometa/v1/annotations.proto",
};

/**
 * Lays all types out in files. The descriptors in `@temporalio/proto` no longer tell the file of a
 * type: well-known types get their real one, the others one per package and one for its services.
 *
 * @returns {Map<string, object[]>} The top-level types of each file.
 */
export function layOutFiles(root) {
  const files = new Map();
  const visit = (namespace) => {
    const packageName = namespace.fullName.replace(/^\./, "");
    for (const item of namespace.nestedArray) {
      if (isNamespace(item)) visit(item);
      else if (isWanted(packageName) && !LEFT_OUT.test(packageName)) {
        const name = fileOf(item, packageName);
        files.set(name, [...(files.get(name) ?? []), item]);
      }
    }
  };
  visit(root);
  return files;
}

/** Says whether `item` is a package rather than a type, service or extension. */
export function isNamespace(item) {
  const isOther = item.fieldsArray ?? item.valuesById ?? item.methodsArray ?? item.id;
  return isOther === undefined && item.nestedArray !== undefined;
}

function fileOf(item, packageName) {
  if (item.filename) return item.filename;
  if (packageName === "google.protobuf") return `google/protobuf/${googleFile(item.name)}.proto`;
  const known = KNOWN_FILES[packageName];
  if (known !== undefined) return known;
  const services = item.parent.nestedArray.filter((other) => other.methodsArray);
  if (services.length === 0) return `${modulePath(packageName)}/message.proto`;
  const name = item.methodsArray ? "service" : "request_response";
  return `${modulePath(packageName)}/${name}.proto`;
}

function googleFile(name) {
  if (WRAPPERS.test(name)) return "wrappers";
  if (STRUCT.has(name)) return "struct";
  if (name === "FieldMask") return "field_mask";
  return OWN_FILE[name] ?? "descriptor";
}
