/** Bytes before the payload of each frame. */
export const FRAME_HEAD_BYTES = 9;
/** Largest payload that a peer may send unless told otherwise, and that every peer takes. */
export const FRAME_BYTES_DEFAULT = 16_384;

export const FrameType = {
  DATA: 0,
  HEADERS: 1,
  PRIORITY: 2,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
  CONTINUATION: 9,
} as const;

export const FrameFlag = {
  ACK: 0x1,
  END_STREAM: 0x1,
  END_HEADERS: 0x4,
  PADDED: 0x8,
  PRIORITY: 0x20,
} as const;

export const Setting = {
  HEADER_TABLE_SIZE: 1,
  ENABLE_PUSH: 2,
  MAX_CONCURRENT_STREAMS: 3,
  INITIAL_WINDOW_SIZE: 4,
  MAX_FRAME_SIZE: 5,
  MAX_HEADER_LIST_SIZE: 6,
} as const;

export interface FrameHead {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly length: number;
}

/** Writes the head of a frame at `at`; returns where its payload begins. */
export function writeFrameHead(target: Buffer, at: number, head: FrameHead): number {
  const { length, streamId } = head;
  target[at] = length >>> 16;
  target[at + 1] = length >>> 8;
  target[at + 2] = length;
  target[at + 3] = head.type;
  target[at + 4] = head.flags;
  target[at + 5] = streamId >>> 24;
  target[at + 6] = streamId >>> 16;
  target[at + 7] = streamId >>> 8;
  target[at + 8] = streamId;
  return at + FRAME_HEAD_BYTES;
}

/** Makes a whole frame. */
export function makeFrame(head: Omit<FrameHead, "length">, payload: Uint8Array): Buffer {
  const { type, flags, streamId } = head;
  const { length } = payload;
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + length);
  frame.set(payload, writeFrameHead(frame, 0, { type, flags, streamId, length }));
  return frame;
}
