import type { Clock } from "@perdure/kernel";
import type { Http2Limits } from "./control-frames.js";
import type { Http2Connection } from "./http2-connection.js";
import type { Http2ConnectionError } from "./http2-error.js";
import type { ServerStream } from "./server-stream.js";

/** Is told what comes of connections. */
export interface Http2Handler {
  /** A request has begun. It must set the stream's listener, or answer. */
  readonly onStream: (stream: ServerStream) => void;
  /** The connection is over, and so are its streams. */
  readonly onClose: (connection: Http2Connection) => void;
  /** The client broke the rules: its connection ends. */
  readonly onBroken?: (connection: Http2Connection, error: Http2ConnectionError) => void;
}

/** What every connection of a server is made with. */
export interface Http2ConnectionOptions {
  readonly limits: Http2Limits;
  readonly clock: Pick<Clock, "nowMs">;
  readonly handler: Http2Handler;
}
