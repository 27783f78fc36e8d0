// The echo on node:http2 with gRPC's five-byte framing by hand.
import http2 from "node:http2";

const HEAD = { ":status": 200, "content-type": "application/grpc" };
const OK = { "grpc-status": "0" };

const server = http2.createServer({
  settings: { initialWindowSize: 1 << 20, maxConcurrentStreams: 4096 },
});
server.on("session", (session) => session.setLocalWindowSize(16 << 20));
server.on("stream", (stream, headers) => {
  stream.on("error", () => undefined);
  const chunks = [];
  stream.on("data", (chunk) => chunks.push(chunk));
  stream.on("end", () => {
    const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    const length = body.readUInt32BE(1);
    const message = body.subarray(5, 5 + length);
    const timeout = headers["grpc-timeout"];
    if (timeout === undefined) throw new TypeError("no deadline");
    const frame = Buffer.allocUnsafe(5 + message.length);
    frame[0] = 0;
    frame.writeUInt32BE(message.length, 1);
    frame.set(message, 5);
    stream.respond(HEAD, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers(OK));
    stream.end(frame);
  });
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
