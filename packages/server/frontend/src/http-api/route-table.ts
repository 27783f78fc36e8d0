import type { HttpRoute } from "@perdure/proto/wire";
import Router from "find-my-way";

/** A route that a request takes, with the parts of its path by the field that they fill. */
export interface MatchedRoute {
  readonly route: HttpRoute;
  readonly pathFields: ReadonlyMap<string, string>;
}

export type RouteSearch =
  | { readonly kind: "found"; readonly matched: MatchedRoute }
  /** Other methods than the one asked for have this path. */
  | { readonly kind: "methodNotAllowed" }
  | { readonly kind: "notFound" };

interface Entry {
  readonly route: HttpRoute;
  /** Fields in the order of their places in the path. */
  readonly fields: readonly string[];
}

const VERBS = ["GET", "POST", "PUT", "DELETE", "PATCH"] as const;
/** Longest part of a path, characters: an ID of 1000 characters of any alphabet, encoded. */
const PART_LENGTH_MAX = 12_000;

/** All HTTP bindings, found by method and path. */
export class RouteTable {
  readonly #router = Router({ maxParamLength: PART_LENGTH_MAX });

  constructor(routes: readonly HttpRoute[]) {
    for (const route of routes) this.#add(route);
  }

  /**
   * Finds the route of a path without its query. A form that is posted to where only GET leads is
   * such a GET with its parameters in the body.
   */
  find(verb: string, path: string, isForm: boolean): RouteSearch {
    const matched = this.#match(verb, path);
    if (matched !== undefined) return { kind: "found", matched };
    const others = VERBS.filter((other) => other !== verb);
    for (const other of others) {
      const found = this.#match(other, path);
      if (found === undefined) continue;
      const isFallback = verb === "POST" && isForm && other === "GET";
      return isFallback ? { kind: "found", matched: found } : { kind: "methodNotAllowed" };
    }
    return { kind: "notFound" };
  }

  #add(route: HttpRoute): void {
    const fields: string[] = [];
    const pattern = route.path.replace(/\{([^}]+)\}/g, (_, field: string) => {
      fields.push(field);
      return `:p${fields.length - 1}`;
    });
    const entry: Entry = { route, fields };
    this.#router.on(route.verb, pattern, unused, entry);
  }

  #match(verb: string, path: string): MatchedRoute | undefined {
    if (!isVerb(verb)) return undefined;
    const found = this.#router.find(verb, path);
    const entry = found?.store as Entry | undefined;
    if (found === null || entry === undefined) return undefined;
    const pathFields = entry.fields.map(
      (field, at) => [field, found.params[`p${at}`] ?? ""] as const,
    );
    return { route: entry.route, pathFields: new Map(pathFields) };
  }
}

function isVerb(verb: string): verb is (typeof VERBS)[number] {
  return VERBS.some((known) => known === verb);
}

/** The router only finds; who asked runs what was found. */
function unused(): void {}
