/** Makes what the compared libraries generate from the same descriptors, into `.cache/`. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { descriptorFiles } from "@perdure/proto/descriptors";
import { encodeWithRaw } from "@perdure/proto/wire";
import { buildSync } from "esbuild";
import protobuf from "protobufjs";

const cache = new URL(".cache/", import.meta.url);
const nothing = new Uint8Array(0);

/** Options that come closest to the API of `@perdure/proto`. */
const TS_PROTO_OPTIONS = [
  "oneof=unions-value",
  "forceLong=bigint",
  "esModuleInterop=true",
  "outputServices=none",
  "unknownFields=true",
  "outputJsonMethods=false",
  "outputPartialMethods=false",
  "useDate=false",
  "useMapType=true",
  "useOptionals=none",
];

export function prepare() {
  mkdirSync(cache, { recursive: true });
  const set = encodeWithRaw(
    nothing,
    1,
    descriptorFiles.map((file) => file.bytes),
  );
  writeFileSync(new URL("descriptors.bin", cache), set);
  prepareProtobufjs();
  prepareTsProto();
}

/** `pbjs` reads the protobufjs JSON of the npm package. */
function prepareProtobufjs() {
  const require = createRequire(import.meta.resolve("@perdure/proto/package.json"));
  const root = require("@temporalio/proto/protos/json-module.js");
  const json = new URL("root.json", cache).pathname;
  writeFileSync(json, JSON.stringify(root.toJSON()));
  const out = new URL("static.cjs", cache).pathname;
  run("pbjs", ["-t", "static-module", "-w", "commonjs", "--no-comments", "-o", out, json]);
}

function prepareTsProto() {
  const request = new protobuf.Type("CodeGeneratorRequest")
    .add(new protobuf.Field("fileToGenerate", 1, "string", "repeated"))
    .add(new protobuf.Field("parameter", 2, "string"))
    .add(new protobuf.Field("protoFile", 15, "bytes", "repeated"));
  const file = new protobuf.Type("File")
    .add(new protobuf.Field("name", 1, "string"))
    .add(new protobuf.Field("content", 15, "string"));
  const response = new protobuf.Type("CodeGeneratorResponse")
    .add(file)
    .add(new protobuf.Field("error", 1, "string"))
    .add(new protobuf.Field("file", 15, "File", "repeated"));
  const wanted = descriptorFiles
    .map(({ name }) => name)
    .filter((name) => name.startsWith("temporal"));
  const input = request
    .encode({
      fileToGenerate: wanted,
      parameter: TS_PROTO_OPTIONS.join(","),
      protoFile: descriptorFiles.map(({ bytes }) => bytes),
    })
    .finish();
  const { file: files } = response.decode(run("protoc-gen-ts_proto", [], input));
  for (const { name, content } of files) {
    const target = new URL(`ts-proto/${name}`, cache);
    mkdirSync(new URL(".", target), { recursive: true });
    writeFileSync(target, content);
  }
  const service = "temporal/api/workflowservice/v1/request_response";
  const entryPoint = new URL(`ts-proto/${service}.ts`, cache).pathname;
  const outfile = new URL("ts-proto.mjs", cache).pathname;
  buildSync({ entryPoints: [entryPoint], outfile, bundle: true, format: "esm", platform: "node" });
}

function run(command, args, input) {
  const path = new URL(`node_modules/.bin/${command}`, import.meta.url).pathname;
  return execFileSync(path, args, { input, maxBuffer: 2 ** 28 });
}
