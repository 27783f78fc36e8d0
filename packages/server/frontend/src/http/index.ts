export { mountHealthPages } from "./health-pages.js";
export { type HttpHandler, type HttpRouteEntry, HttpRoutes } from "./http-routes.js";
export { HttpServer, type HttpServerOptions } from "./http-server.js";
export { mountHttpApi } from "./mount-http-api.js";
