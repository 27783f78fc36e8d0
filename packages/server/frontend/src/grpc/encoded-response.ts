/** A response that is encoded already. */
export class EncodedResponse {
  constructor(readonly bytes: Uint8Array) {}
}
