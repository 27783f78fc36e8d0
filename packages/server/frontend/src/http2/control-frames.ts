import { FrameFlag, FrameType, makeFrame, Setting } from "./frame.js";
import type { Http2ErrorCode } from "./http2-error.js";

const NOTHING = Buffer.alloc(0);
const PING_BYTES = 8;
const SETTING_BYTES = 6;

/** What a connection allows its client. */
export interface Http2Limits {
  readonly maxConcurrentStreams: number;
  /** Largest list of request headers, bytes as RFC 9113 counts them. */
  readonly maxHeaderBytes: number;
  /** Bytes that a client may send ahead on one stream, and on all of a connection. */
  readonly windowBytes: number;
}

/** Tells the client the limits. */
export function settingsFrame(limits: Http2Limits): Buffer {
  const settings: readonly (readonly [number, number])[] = [
    [Setting.MAX_CONCURRENT_STREAMS, limits.maxConcurrentStreams],
    [Setting.INITIAL_WINDOW_SIZE, limits.windowBytes],
    [Setting.MAX_HEADER_LIST_SIZE, limits.maxHeaderBytes],
  ];
  const payload = Buffer.alloc(settings.length * SETTING_BYTES);
  settings.forEach(([id, value], index) => {
    payload.writeUInt16BE(id, index * SETTING_BYTES);
    payload.writeUInt32BE(value, index * SETTING_BYTES + 2);
  });
  return connectionFrame(FrameType.SETTINGS, 0, payload);
}

/** Confirms the client's settings. */
export function settingsAckFrame(): Buffer {
  return connectionFrame(FrameType.SETTINGS, FrameFlag.ACK, NOTHING);
}

/** Calls `take` for each setting of a frame. */
export function readSettings(payload: Buffer, take: (id: number, value: number) => void): void {
  for (let at = 0; at < payload.length; at += SETTING_BYTES) {
    take(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
  }
}

/** Asks the client for an answer. */
export function pingFrame(): Buffer {
  return connectionFrame(FrameType.PING, 0, Buffer.alloc(PING_BYTES));
}

/** Answers a ping. */
export function pingAckFrame(payload: Buffer): Buffer {
  return connectionFrame(FrameType.PING, FrameFlag.ACK, payload);
}

/** Ends a stream. */
export function resetFrame(streamId: number, code: Http2ErrorCode): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(code);
  return makeFrame({ type: FrameType.RST_STREAM, flags: 0, streamId }, payload);
}

/** Allows the client so many bytes more, on a stream or (0) on the connection. */
export function windowUpdateFrame(streamId: number, more: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(more);
  return makeFrame({ type: FrameType.WINDOW_UPDATE, flags: 0, streamId }, payload);
}

/** Announces the end of the connection; streams after `lastStreamId` were not looked at. */
export function goAwayFrame(lastStreamId: number, code: Http2ErrorCode): Buffer {
  const payload = Buffer.alloc(8);
  payload.writeUInt32BE(lastStreamId);
  payload.writeUInt32BE(code, 4);
  return connectionFrame(FrameType.GOAWAY, 0, payload);
}

function connectionFrame(type: number, flags: number, payload: Buffer): Buffer {
  return makeFrame({ type, flags, streamId: 0 }, payload);
}
