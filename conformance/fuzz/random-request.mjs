/** Builds requests that are nearly right, from the descriptors. */

const DEPTH_MAX = 5;
const STRINGS = ["", "a", "fuzz", "Type", "x".repeat(300), "ü💥\u0000", "/_sys/fuzz", "'; --"];
const NUMBERS = [0, 1, -1, 2, 100, 2147483647, -2147483648];
const WORKFLOW_IDS = ["fuzz-1", "fuzz-2", "fuzz-3"];
const QUEUES = ["fuzz-queue", "fuzz-queue-2"];
const NAMESPACES = ["fuzz-space", "fuzz-space-2"];
const FILTERS = [
  "",
  "WorkflowId = 'fuzz-1'",
  "ExecutionStatus = 'Running' GROUP BY ExecutionStatus",
  "StartTime > '2020-01-01T00:00:00Z' ORDER BY StartTime DESC",
  "((((WorkflowType",
  "BuildIds IN ('unversioned', 'x') OR NOT CloseTime IS NULL",
];

/** Fields of which most values are refused. */
const STRICT_FIELDS = new Set([
  "cronSchedule",
  "retryPolicy",
  "searchAttributes",
  "nextPageToken",
  "workflowIdReusePolicy",
  "workflowIdConflictPolicy",
  "completionCallbacks",
  "onConflictOptions",
  "versioningOverride",
  "firstExecutionRunId",
]);

/** Makes random messages of a type; `memory` holds tokens and run IDs that the server gave out. */
export class RandomRequests {
  #random;
  #memory;

  constructor(random, memory) {
    this.#random = random;
    this.#memory = memory;
  }

  /** The encoding of a request for the method. */
  encode(method) {
    const type = method.resolvedRequestType;
    const isAboutNamespace = /Namespace$/.test(method.name);
    const request = this.#message(type, 0, { isAboutNamespace, fill: this.#random.next() });
    if ("namespace" in type.fields && !isAboutNamespace && this.#random.chance(0.95)) {
      request.namespace = "default";
    }
    if (this.#random.chance(0.6)) this.#mend(request, type);
    return Buffer.from(type.encode(type.fromObject(request)).finish());
  }

  /** Makes a request more likely to be accepted: names what must be named, leaves limits out. */
  #mend(request, type) {
    const random = this.#random;
    for (const name of Object.keys(type.fields)) {
      if (/timeout|delay|retention/i.test(name)) delete request[name];
      if (STRICT_FIELDS.has(name) && random.chance(0.8)) delete request[name];
      if (name === "taskQueue") request[name] = { name: random.of(QUEUES) };
      if (name === "workflowType") request[name] = { name: "Type" };
      if (name === "execution" || name === "workflowExecution") {
        request[name] = { workflowId: random.of(WORKFLOW_IDS) };
      }
      if (name === "requestId") request[name] = random.uuid();
      if (name === "taskToken") request[name] = random.of(this.#memory.tokens) ?? Buffer.alloc(0);
    }
  }

  /** A request as it is, or with some bytes changed, cut off, doubled, or nothing but noise. */
  damaged(bytes) {
    const random = this.#random;
    const way = random.below(4);
    if (way === 0) return random.bytes(random.below(200));
    const damaged = Buffer.from(bytes);
    if (way === 1) return damaged.subarray(0, random.below(damaged.length + 1));
    if (way === 2)
      return Buffer.concat([damaged, damaged.subarray(random.below(damaged.length + 1))]);
    for (let count = 1 + random.below(8); count > 0 && damaged.length > 0; count--) {
      damaged[random.below(damaged.length)] = random.below(256);
    }
    return damaged;
  }

  #message(type, depth, context) {
    const message = {};
    const isLeaf = depth >= DEPTH_MAX;
    const oneofs = new Map();
    for (const field of type.fieldsArray) {
      const isMessage = field.resolvedType !== null && !("valuesById" in field.resolvedType);
      if (isMessage && isLeaf) continue;
      if (!this.#random.chance(0.25 + 0.7 * context.fill)) continue;
      const group = field.partOf?.name;
      if (group !== undefined && oneofs.has(group)) continue;
      if (group !== undefined) oneofs.set(group, field.name);
      message[field.name] = this.#field(field, depth, context);
    }
    return message;
  }

  #field(field, depth, context) {
    const count = this.#random.below(3);
    const value = () => this.#value(field, depth, context);
    if (field.map)
      return Object.fromEntries(Array.from({ length: count }, () => [this.#key(), value()]));
    if (field.repeated) return Array.from({ length: count }, value);
    return value();
  }

  #key() {
    return this.#random.of(["a", "BuildIds", "encoding", "type", ""]);
  }

  #value(field, depth, context) {
    const { resolvedType } = field;
    if (resolvedType === null) return this.#scalar(field, context);
    if ("valuesById" in resolvedType) {
      const known = Object.keys(resolvedType.valuesById).map(Number);
      return this.#random.chance(0.1) ? this.#random.of([99, -1]) : this.#random.of(known);
    }
    if (resolvedType.fullName === ".google.protobuf.Duration") {
      return {
        seconds: this.#random.of([0, 1, 10, 3600, -5, 315_576_000_000]),
        nanos: this.#random.of([0, 5, -5]),
      };
    }
    return this.#message(resolvedType, depth + 1, context);
  }

  #scalar(field, context) {
    const random = this.#random;
    switch (field.type) {
      case "string":
        return this.#text(field.name, context);
      case "bytes":
        return this.#token();
      case "bool":
        return random.chance(0.3);
      case "double":
      case "float":
        return random.of([0, 1.5, -1, NaN, Infinity]);
      default:
        return random.of(NUMBERS);
    }
  }

  #text(name, context) {
    const random = this.#random;
    if (random.chance(0.1)) return random.of(STRINGS);
    if (name === "namespace" || (name === "name" && context.isAboutNamespace)) {
      return random.of(context.isAboutNamespace ? NAMESPACES : ["default", "", "nope"]);
    }
    if (/workflowId$/i.test(name)) return random.of(WORKFLOW_IDS);
    if (/runId$/i.test(name))
      return random.of(["", random.of(this.#memory.runIds) ?? "", random.uuid()]);
    if (name === "name") return random.of([...QUEUES, "Type"]);
    if (name === "query") return random.of(FILTERS);
    return random.of(STRINGS);
  }

  #token() {
    const random = this.#random;
    const known = random.of(this.#memory.tokens);
    if (known !== undefined && random.chance(0.6)) {
      return random.chance(0.3) ? this.damaged(known) : known;
    }
    return random.bytes(random.below(40));
  }
}
