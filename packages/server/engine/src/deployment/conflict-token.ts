import type { DeploymentState } from "./deployment-state.js";

const TOKEN_BYTES = 12;

/** What a client hands back to change a deployment only if nobody else has meanwhile. */
export function conflictToken({ header }: DeploymentState): Uint8Array {
  // With the time of its creation: a deployment that was deleted and made again is another one.
  const token = new Uint8Array(TOKEN_BYTES);
  const view = new DataView(token.buffer);
  view.setFloat64(0, header.createdAtMs);
  view.setUint32(8, header.changeNumber);
  return token;
}

/** Whether a token that a client gave is of the present state; an empty one always is. */
export function isTokenCurrent(state: DeploymentState, token: Uint8Array): boolean {
  return token.length === 0 || Buffer.compare(token, conflictToken(state)) === 0;
}
