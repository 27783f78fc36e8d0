import { Payload, type PayloadInit } from "@perdure/proto/temporal/api/common/v1";
import { DecodeError } from "@perdure/proto/wire";

/** A value as it is sent over HTTP: a body and the headers that tell what it is. */
export interface NexusContent {
  /** Names without `content-`, in lower case. */
  readonly header: ReadonlyMap<string, string>;
  readonly data: Uint8Array;
}

const UNKNOWN = "unknown/nexus-content";
const WHOLE_PAYLOAD = "application/x-temporal-payload";

/** How a payload is sent. Payloads of the usual encodings are sent as what they hold. */
export function toContent(init: PayloadInit | undefined): NexusContent {
  if (init === undefined) return { header: new Map(), data: new Uint8Array(0) };
  const payload = Payload.decode(Payload.encode(init));
  const { metadata, data } = payload;
  const texts = new Map(
    [...metadata].map(([name, value]) => [name, Buffer.from(value).toString()]),
  );
  if (texts.get("encoding") === UNKNOWN) {
    texts.delete("encoding");
    return { header: texts, data };
  }
  const type = contentType(texts);
  if (type === undefined) {
    return { header: new Map([["type", WHOLE_PAYLOAD]]), data: Payload.encode(init) };
  }
  return { header: type === "" ? new Map() : new Map([["type", type]]), data };
}

/** `undefined`: the payload is sent whole, with its metadata; "": it has no type. */
function contentType(metadata: ReadonlyMap<string, string>): string | undefined {
  const messageType = metadata.get("messageType") ?? "";
  const isPlain = metadata.size === 1;
  const isMessage = metadata.size === 2 && messageType !== "";
  switch (metadata.get("encoding")) {
    case "json/plain":
      return isPlain ? "application/json" : undefined;
    case "binary/plain":
      return isPlain ? "application/octet-stream" : undefined;
    case "binary/null":
      return isPlain ? "" : undefined;
    case "json/protobuf":
      return isMessage
        ? `application/json; format=protobuf; message-type=${JSON.stringify(messageType)}`
        : undefined;
    case "binary/protobuf":
      return isMessage
        ? `application/x-protobuf; message-type=${JSON.stringify(messageType)}`
        : undefined;
    default:
      return undefined;
  }
}

/** The payload that was sent; `undefined` when it is not what its headers say. */
export function fromContent({ header, data }: NexusContent): PayloadInit | undefined {
  const left = new Map(header);
  left.delete("encoding");
  left.delete("length");
  const type = left.get("type") ?? "";
  if (left.size > 1) return unknownContent(left, data);
  if (type === "") {
    return left.size === 0 && data.length === 0
      ? encoded("binary/null", data)
      : unknownContent(left, data);
  }
  const media = readMediaType(type);
  const messageType = media.parameters.get("message-type") ?? "";
  const count = media.parameters.size;
  if (media.name === WHOLE_PAYLOAD) return decodePayload(data);
  if (media.name === "application/json" && count === 0) return encoded("json/plain", data);
  if (media.name === "application/octet-stream" && count === 0)
    return encoded("binary/plain", data);
  const isProtoJson =
    media.name === "application/json" &&
    count === 2 &&
    media.parameters.get("format") === "protobuf";
  const isProto = media.name === "application/x-protobuf" && count === 1;
  if (messageType !== "" && (isProtoJson || isProto)) {
    const payload = encoded(isProtoJson ? "json/protobuf" : "binary/protobuf", data);
    payload.metadata.set("messageType", Buffer.from(messageType));
    return payload;
  }
  return unknownContent(left, data);
}

function decodePayload(data: Uint8Array): PayloadInit | undefined {
  try {
    return Payload.decode(data);
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

function encoded(
  encoding: string,
  data: Uint8Array,
): { readonly metadata: Map<string, Uint8Array>; readonly data: Uint8Array } {
  return { metadata: new Map([["encoding", Buffer.from(encoding)]]), data };
}

function unknownContent(header: ReadonlyMap<string, string>, data: Uint8Array): PayloadInit {
  const metadata = new Map<string, Uint8Array>();
  for (const [name, value] of header) metadata.set(name, Buffer.from(value));
  metadata.set("encoding", Buffer.from(UNKNOWN));
  return { metadata, data };
}

function readMediaType(text: string): {
  readonly name: string;
  readonly parameters: ReadonlyMap<string, string>;
} {
  const [name = "", ...parts] = text.split(";");
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const [key = "", value = ""] = part.split("=", 2);
    parameters.set(key.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, "$1"));
  }
  return { name: name.trim().toLowerCase(), parameters };
}
