/** Error codes of HTTP/2 (RFC 9113, section 7). */
export const Http2ErrorCode = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  SETTINGS_TIMEOUT: 4,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  ENHANCE_YOUR_CALM: 11,
} as const;

export type Http2ErrorCode = (typeof Http2ErrorCode)[keyof typeof Http2ErrorCode];

/** A peer broke the rules in a way that ends its connection. */
export class Http2ConnectionError extends Error {
  override readonly name = "Http2ConnectionError";
  constructor(
    readonly code: Http2ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** A peer broke the protocol. */
export function protocolBroken(message: string): Http2ConnectionError {
  return new Http2ConnectionError(Http2ErrorCode.PROTOCOL_ERROR, message);
}

/** A peer sent more than it was allowed, or allows more than there can be. */
export function flowControlBroken(): Http2ConnectionError {
  return new Http2ConnectionError(Http2ErrorCode.FLOW_CONTROL_ERROR, "Flow-control window");
}
