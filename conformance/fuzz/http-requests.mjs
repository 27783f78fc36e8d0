/** Random requests to the HTTP routes of the RPCs, and what their answers must be like. */

const VERBS = ["get", "put", "post", "delete", "patch"];
const TYPES = ["application/json", "application/json+no-payload-shorthand", "text/html", "x"];
const NOISE = ["{", "[", "]", "}", '"', ":", ",", "null", "1e999", "-", "\\u0000", "\ud83d", "0"];
const SEARCHES = ["", "?pretty", "?noPayloadShorthand", "?execution.runId=x&foo=1", "?pageSize=x"];
/** Statuses that no request may be answered with: they speak of a bug. */
const BUGS = new Set([500, 502, 503]);

/** Every route of the methods with the method that it leads to. */
export function routesOf(methods) {
  return methods.flatMap((method) =>
    (method.options ?? []).flatMap((option) => {
      const rule = option["(google.api.http)"];
      if (rule === undefined) return [];
      return [rule, ...[rule.additional_bindings ?? []].flat()].map((one) => {
        const verb = VERBS.find((name) => one[name] !== undefined);
        return { method, verb: verb.toUpperCase(), path: one[verb], hasBody: "body" in one };
      });
    }),
  );
}

/** Sends random requests to an HTTP listener. */
export class HttpRequests {
  #origin;
  #routes;
  #random;
  #requests;

  constructor({ origin, methods, random, requests }) {
    this.#origin = origin;
    this.#routes = routesOf(methods);
    this.#random = random;
    this.#requests = requests;
  }

  /** Sends one request; resolves with what is wrong with its answer, if anything. */
  async send(timeoutMs) {
    const random = this.#random;
    const route = random.of(this.#routes);
    const request = this.#requestFor(route, timeoutMs);
    const { url, init } = request;
    const shown = JSON.stringify({ url, ...init }).slice(0, 2000);
    try {
      const response = await fetch(url, { redirect: "manual", ...init });
      const problem = problemOf(response, await response.text());
      return { name: route.method.name, problem: problem && `${problem}; request ${shown}` };
    } catch (error) {
      return { name: route.method.name, problem: `no answer: ${error.cause ?? error}; ${shown}` };
    }
  }

  #requestFor(route, timeoutMs) {
    const random = this.#random;
    const filled = route.path.replace(/\{[^}]+\}/g, (field) => this.#part(field));
    const url = `${this.#origin}${filled}${random.of(SEARCHES)}`;
    const verb = random.chance(0.05) ? random.of(["PUT", "POST", "DELETE", "OPTIONS"]) : route.verb;
    const headers = { "content-type": random.of(TYPES), "grpc-timeout": `${timeoutMs}m` };
    const hasBody = verb !== "GET" && (route.hasBody || random.chance(0.1));
    const init = { method: verb, headers, signal: AbortSignal.timeout(timeoutMs + 5000) };
    return { url, init: hasBody ? { ...init, body: this.#body(route.method) } : init };
  }

  #part(field) {
    if (field === "{namespace}" && this.#random.chance(0.9)) return "default";
    const parts = ["fuzz-1", "fuzz-2", "a%2Fb", "%20", "x".repeat(1001), "%C3%A4", "%zz", ".", "1"];
    return this.#random.chance(0.7) ? "fuzz-1" : this.#random.of(parts);
  }

  #body(method) {
    const random = this.#random;
    const type = method.resolvedRequestType;
    const message = type.decode(this.#requests.encode(method));
    const json = type.toObject(message, {
      longs: String,
      enums: String,
      bytes: String,
      json: true,
    });
    const text = JSON.stringify(json);
    return random.chance(0.4) ? this.#damaged(text) : text;
  }

  /** A text with some of it cut, doubled or replaced. */
  #damaged(text) {
    const random = this.#random;
    let damaged = text;
    for (let count = 1 + random.below(4); count > 0; count--) {
      const at = random.below(damaged.length + 1);
      const end = Math.min(at + random.below(4), damaged.length);
      damaged = damaged.slice(0, at) + random.of(NOISE) + damaged.slice(end);
    }
    if (random.chance(0.05)) return "[".repeat(100_000);
    if (random.chance(0.05)) return random.bytes(random.below(200));
    return random.chance(0.2) ? damaged.slice(0, random.below(damaged.length)) : damaged;
  }
}

/** What is wrong with an answer; undefined: nothing. */
function problemOf({ status, headers }, text) {
  if (BUGS.has(status)) return `${status} ${text}`;
  if (status === 301) return undefined;
  if (!headers.get("content-type")?.startsWith("application/json")) {
    return `${status} has the type ${headers.get("content-type")}`;
  }
  try {
    const body = JSON.parse(text);
    const isError = typeof body.code === "number" && typeof body.message === "string";
    return status === 200 || isError ? undefined : `${status} ${text}`;
  } catch {
    return `${status} ${text} is no JSON`;
  }
}
