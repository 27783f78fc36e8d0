// node:http2 with what can be left out of a stream: no "data" and "end" events (the instance's
// push() is where the session hands the bytes over) and no listeners that one call does not need.
import http2 from "node:http2";

const HEAD = { ":status": 200, "content-type": "application/grpc", [http2.sensitiveHeaders]: [] };
const OK = { "grpc-status": "0" };

function onPush(chunk) {
  if (chunk !== null) {
    this.chunks.push(chunk);
    return true;
  }
  const { chunks } = this;
  const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
  void call(this, body);
  return http2PushEnd.call(this, null);
}
let http2PushEnd;
function onWantTrailers() {
  this.sendTrailers(OK);
}
async function call(stream, body) {
  const length = body.readUInt32BE(1);
  const frame = Buffer.allocUnsafe(5 + length);
  frame.set(body.subarray(0, 5 + length));
  await undefined;
  if (stream.destroyed) return;
  stream.respond(HEAD, { waitForTrailers: true });
  stream.once("wantTrailers", onWantTrailers);
  stream.end(frame);
}

const server = http2.createServer({
  settings: { initialWindowSize: 1 << 20, maxConcurrentStreams: 4096 },
});
server.on("session", (session) => session.setLocalWindowSize(16 << 20));
server.on("stream", (stream, headers) => {
  if (headers["grpc-timeout"] === undefined) throw new TypeError("no deadline");
  stream.on("error", () => undefined);
  stream.chunks = [];
  http2PushEnd ??= stream.push;
  stream.push = onPush;
  stream.resume();
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
