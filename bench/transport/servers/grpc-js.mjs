// The echo on @grpc/grpc-js, as its users write it.
import { Server, ServerCredentials } from "@grpc/grpc-js";

const same = (bytes) => bytes;
const server = new Server({ "grpc.max_receive_message_length": 128 << 20 });
server.addService(
  {
    Call: {
      path: "/perdure.bench.Echo/Call",
      requestStream: false,
      responseStream: false,
      requestSerialize: same,
      requestDeserialize: same,
      responseSerialize: same,
      responseDeserialize: same,
    },
  },
  { Call: (call, callback) => callback(null, call.request) },
);
server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  console.log(port);
});
