import type { HttpApi, HttpApiOptions } from "../http-api/http-api.js";
import type { HttpRoutes } from "./http-routes.js";

/**
 * Mounts the HTTP API and its documents for everything that no part before it takes. The API is
 * loaded at its first request: most servers are called over gRPC alone.
 */
export function mountHttpApi(routes: HttpRoutes, options: HttpApiOptions): void {
  let api: Promise<HttpApi> | undefined;
  const load = async (): Promise<HttpApi> => {
    const module = await import("../http-api/http-api.js");
    return new module.HttpApi(options);
  };
  routes.mount({
    name: "HTTP API",
    matches: () => true,
    handle: async (request, response) => {
      api ??= load();
      await (await api).handle(request, response);
    },
  });
}
