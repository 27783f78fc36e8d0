/**
 * One call of the probe.
 *
 * @param {string} rpc
 * @param {object | ((known: Record<string, any>) => object)} request - In the form of proto3 JSON;
 *   `namespace` and `identity` are filled in where the request has them. A function gets what
 *   earlier calls kept.
 * @param {{ keep?: (response: any, known: Record<string, any>) => void, waits?: boolean,
 *   needs?: string }} options - `keep` stores parts of the response for later requests; `waits`
 *   leaves the call under way while the next ones are made, and its answer is read at the end;
 *   `needs` names an RPC without which the server cannot come to this call.
 */
export function step(rpc, request, options = {}) {
  return { rpc, request: typeof request === "function" ? request : () => request, ...options };
}
