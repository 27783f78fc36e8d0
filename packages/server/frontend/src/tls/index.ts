export type { TlsIdentity } from "./tls-identity.js";
export { TlsListeners } from "./tls-listeners.js";
