// The echo on a spike of an own HTTP/2 layer over node:net: the fast path, and no more than a
// gRPC client needs to be served. It shows what such a layer would cost; it is no transport.
import net from "node:net";
import { HpackDecoder } from "../../../packages/server/frontend/dist/http2/hpack-decoder.js";

const PREFACE_BYTES = 24;
const TYPE = { data: 0, headers: 1, settings: 4, ping: 6, windowUpdate: 8, continuation: 9 };
const HEAD = headerBlock([[0x88], literal(31, "application/grpc")]);
const TRAILERS = headerBlock([literal(0, "grpc-status", "0")]);

function literal(nameIndex, ...strings) {
  const out = nameIndex > 15 ? [0x0f, nameIndex - 15] : [nameIndex];
  for (const string of strings) out.push(string.length, ...Buffer.from(string, "latin1"));
  return out;
}
function headerBlock(fields) {
  return Buffer.from(fields.flat());
}
function writeFrameHead(buffer, at, { length, type, flags, streamId }) {
  buffer.writeUIntBE(length, at, 3);
  buffer[at + 3] = type;
  buffer[at + 4] = flags;
  buffer.writeUInt32BE(streamId, at + 5);
}
function frame(type, flags, streamId, payload) {
  const out = Buffer.alloc(9 + payload.length);
  writeFrameHead(out, 0, { length: payload.length, type, flags, streamId });
  out.set(payload, 9);
  return out;
}

class Connection {
  #socket;
  #hpack = new HpackDecoder({ tableBytes: 4096, headerBytes: 65_536 });
  #pending = undefined;
  #awaitsPreface = true;
  #streams = new Map();
  #outgoing = [];
  #isFlushDue = false;
  #received = 0;

  constructor(socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("data", (data) => this.#receive(data));
    const settings = Buffer.from([0, 4, 0, 16, 0, 0, 0, 3, 0, 0, 16, 0]);
    const window = Buffer.alloc(4);
    window.writeUInt32BE((16 << 20) - 65535);
    this.#send(frame(TYPE.settings, 0, 0, settings));
    this.#send(frame(TYPE.windowUpdate, 0, 0, window));
  }

  #receive(data) {
    const bytes = this.#pending === undefined ? data : Buffer.concat([this.#pending, data]);
    let at = 0;
    if (this.#awaitsPreface && bytes.length >= PREFACE_BYTES) {
      this.#awaitsPreface = false;
      at = PREFACE_BYTES;
    }
    while (!this.#awaitsPreface && at + 9 <= bytes.length) {
      const end = at + 9 + ((bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2]);
      if (end > bytes.length) break;
      const streamId = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      this.#frame(bytes[at + 3], bytes[at + 4], streamId, bytes.subarray(at + 9, end));
      at = end;
    }
    this.#pending = at < bytes.length ? bytes.subarray(at) : undefined;
  }

  #frame(type, flags, streamId, payload) {
    if (type === TYPE.headers) {
      const headers = this.#hpack.decode(payload);
      this.#streams.set(streamId, { headers, chunks: [] });
    } else if (type === TYPE.data) {
      const stream = this.#streams.get(streamId);
      if (payload.length > 0) stream.chunks.push(payload);
      this.#received += payload.length;
      if (this.#received > 4 << 20) this.#widen();
      if (flags & 1) {
        this.#streams.delete(streamId);
        void this.#call(streamId, stream);
      }
    } else if (type === TYPE.settings && !(flags & 1)) {
      this.#send(frame(TYPE.settings, 1, 0, Buffer.alloc(0)));
    } else if (type === TYPE.ping && !(flags & 1)) {
      this.#send(frame(TYPE.ping, 1, 0, payload));
    }
  }

  #widen() {
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(this.#received);
    this.#received = 0;
    this.#send(frame(TYPE.windowUpdate, 0, 0, payload));
  }

  async #call(streamId, stream) {
    const body = stream.chunks.length === 1 ? stream.chunks[0] : Buffer.concat(stream.chunks);
    const request = body.subarray(5, 5 + body.readUInt32BE(1));
    const timeout = stream.headers.get("grpc-timeout");
    if (timeout === undefined) throw new TypeError("no deadline");
    const response = await request;
    const length = 9 + HEAD.length + 9 + 5 + response.length + 9 + TRAILERS.length;
    const out = Buffer.allocUnsafe(length);
    writeFrameHead(out, 0, { length: HEAD.length, type: TYPE.headers, flags: 4, streamId });
    out.set(HEAD, 9);
    let at = 9 + HEAD.length;
    writeFrameHead(out, at, { length: 5 + response.length, type: TYPE.data, flags: 0, streamId });
    out[at + 9] = 0;
    out.writeUInt32BE(response.length, at + 10);
    out.set(response, at + 14);
    at += 14 + response.length;
    writeFrameHead(out, at, { length: TRAILERS.length, type: TYPE.headers, flags: 5, streamId });
    out.set(TRAILERS, at + 9);
    this.#send(out);
  }

  #send(bytes) {
    this.#outgoing.push(bytes);
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      const outgoing = this.#outgoing;
      this.#outgoing = [];
      this.#socket.write(outgoing.length === 1 ? outgoing[0] : Buffer.concat(outgoing));
    });
  }
}

const server = net.createServer((socket) => new Connection(socket));
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
