import type { ServerResponse } from "node:http";
import type { HttpRoutes } from "./http-routes.js";

/**
 * Mounts `/healthz` (the process lives) and `/readyz` (it takes calls).
 *
 * @param isReady - Asked at each request to `/readyz`.
 */
export function mountHealthPages(routes: HttpRoutes, isReady: () => boolean): void {
  routes.mountPage("/healthz", (_request, response) => answer(response, 200, "ok"));
  routes.mountPage("/readyz", (_request, response) => {
    if (isReady()) answer(response, 200, "ok");
    else answer(response, 503, "not ready");
  });
}

function answer(response: ServerResponse, status: number, text: string): void {
  const body = `${text}\n`;
  const head = {
    "content-type": "text/plain; charset=utf-8",
    "content-length": body.length,
    "cache-control": "no-store",
  };
  response.writeHead(status, head).end(body);
}
