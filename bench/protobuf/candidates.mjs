import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const cache = new URL(".cache/", import.meta.url);
const require = createRequire(import.meta.url);

/** Each gives, for the name of a message, its two functions. */
export const candidates = {
  "@perdure/proto": async (typeName) => {
    const module = await import("@perdure/proto/temporal/api/workflowservice/v1");
    const type = module[shortName(typeName)];
    return { decode: (bytes) => type.decode(bytes), encode: (message) => type.encode(message) };
  },

  "@perdure/proto, encodeFrame": async (typeName) => {
    const { encodeFrame } = await import("@perdure/proto/wire");
    const module = await import("@perdure/proto/temporal/api/workflowservice/v1");
    const type = module[shortName(typeName)];
    return {
      decode: (bytes) => type.decode(bytes),
      encode: (message) => encodeFrame(type, message, 0),
    };
  },

  "protobufjs static": async (typeName) => {
    const root = require(new URL("static.cjs", cache).pathname);
    const type = typeName.split(".").reduce((scope, name) => scope[name], root);
    return ofProtobufjs(type);
  },

  "protobufjs reflection": async (typeName) => {
    const protobuf = require("protobufjs");
    const json = JSON.parse(readFileSync(new URL("root.json", cache), "utf8"));
    return ofProtobufjs(protobuf.Root.fromJSON(json).lookupType(typeName));
  },

  "@bufbuild/protobuf": async (typeName) => {
    const { createFileRegistry, fromBinary, toBinary } = await import("@bufbuild/protobuf");
    const { FileDescriptorSetSchema } = await import("@bufbuild/protobuf/wkt");
    const set = fromBinary(
      FileDescriptorSetSchema,
      readFileSync(new URL("descriptors.bin", cache)),
    );
    const schema = createFileRegistry(set).getMessage(typeName);
    return {
      decode: (bytes) => fromBinary(schema, bytes),
      encode: (message) => toBinary(schema, message),
    };
  },

  "ts-proto": async (typeName) => {
    const module = await import(new URL("ts-proto.mjs", cache).href);
    const type = module[shortName(typeName)];
    return {
      decode: (bytes) => type.decode(bytes),
      encode: (message) => type.encode(message).finish(),
    };
  },
};

function ofProtobufjs(type) {
  return {
    decode: (bytes) => type.decode(bytes),
    encode: (message) => type.encode(message).finish(),
  };
}

function shortName(typeName) {
  return typeName.slice(typeName.lastIndexOf(".") + 1);
}
