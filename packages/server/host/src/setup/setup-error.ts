/** A server that cannot be set up as it was asked to. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}
