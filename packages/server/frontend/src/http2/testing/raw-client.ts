import { once } from "node:events";
import net from "node:net";
import { encodeHeaders } from "../encode-headers.js";
import { FrameFlag, FrameType, makeFrame } from "../frame.js";

/** A request without a body. */
export function headersFrame(streamId: number, flags = 0): Buffer {
  const block = encodeHeaders([
    [":method", "POST"],
    [":path", "/a"],
  ]);
  const head = { type: FrameType.HEADERS, flags: flags | FrameFlag.END_HEADERS, streamId };
  return makeFrame(head, block);
}

/** A piece of a body. */
export function dataFrame(streamId: number, data = Buffer.from("data")): Buffer {
  return makeFrame({ type: FrameType.DATA, flags: 0, streamId }, data);
}

/** Abandons a stream. */
export function resetFrame(streamId: number): Buffer {
  return makeFrame({ type: FrameType.RST_STREAM, flags: 0, streamId }, Buffer.alloc(4));
}

/** Allows the server so many bytes more. */
export function windowFrame(streamId: number, more: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(more);
  return makeFrame({ type: FrameType.WINDOW_UPDATE, flags: 0, streamId }, payload);
}

/** Connects and sends what every client sends first; the test ends the socket. */
export async function rawConnect(port: number): Promise<net.Socket> {
  const socket = net.connect(port, "127.0.0.1");
  socket.on("error", () => undefined);
  await once(socket, "connect");
  socket.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  socket.write(makeFrame({ type: FrameType.SETTINGS, flags: 0, streamId: 0 }, Buffer.alloc(0)));
  return socket;
}

/** Resolves with the payload of the next frame of a type. */
export function nextFrame(socket: net.Socket, type: number): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  return new Promise((resolve) => {
    socket.on("data", (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
        const end = 9 + bytes.readUIntBE(0, 3);
        if (bytes[3] === type) resolve(bytes.subarray(9, end));
        bytes = bytes.subarray(end);
      }
    });
  });
}
