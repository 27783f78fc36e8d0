import { type AnyMethodDescriptor, encodeFrame } from "@perdure/proto/wire";
import { EncodedResponse } from "./encoded-response.js";
import { FRAME_HEAD_BYTES } from "./message-reader.js";

/** Puts a response into its frame. */
export function frameResponse(
  method: AnyMethodDescriptor,
  response: object | EncodedResponse,
): Uint8Array {
  let frame: Uint8Array;
  if (response instanceof EncodedResponse) {
    frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + response.bytes.length);
    frame.set(response.bytes, FRAME_HEAD_BYTES);
  } else {
    frame = encodeFrame(method.response, response, FRAME_HEAD_BYTES);
  }
  const length = frame.length - FRAME_HEAD_BYTES;
  frame[0] = 0;
  frame[1] = length >>> 24;
  frame[2] = length >>> 16;
  frame[3] = length >>> 8;
  frame[4] = length;
  return frame;
}
