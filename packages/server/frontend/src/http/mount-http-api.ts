import type { HttpApi, HttpApiOptions } from "../http-api/http-api.js";
import type { OpenApiDocuments } from "../http-api/openapi/documents.js";
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
  mountDocuments(routes, options);
  routes.mount({
    name: "HTTP API",
    matches: () => true,
    handle: async (request, response) => {
      api ??= load();
      await (await api).handle(request, response);
    },
  });
}

/** Where the documents are: at the official place, and beside the routes. */
const PREFIXES = ["", "/api/v1"];

function mountDocuments(routes: HttpRoutes, { services }: HttpApiOptions): void {
  let documents: Promise<OpenApiDocuments> | undefined;
  const load = async (): Promise<OpenApiDocuments> => {
    const module = await import("../http-api/openapi/documents.js");
    return new module.OpenApiDocuments(services.map(({ descriptor }) => descriptor));
  };
  for (const prefix of PREFIXES) {
    routes.mountPage(`${prefix}/swagger.json`, async (_request, response) => {
      documents ??= load();
      (await documents).answerV2(response);
    });
    routes.mountPage(`${prefix}/openapi.yaml`, async (_request, response) => {
      documents ??= load();
      (await documents).answerV3(response);
    });
  }
}
