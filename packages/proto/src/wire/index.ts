export { DecodeError } from "./decode-error.js";
export type { DescriptorFile } from "./descriptor-file.js";
export { append, current, EMPTY_ARRAY, EMPTY_BYTES, EMPTY_MAP, insert } from "./empty.js";
export { encodeFrame, type MessageType, messageType } from "./message-type.js";
export { encodeWithRaw } from "./raw-fields.js";
export { DEPTH_MAX, Reader } from "./reader.js";
export {
  type ApiSchema,
  type EnumSchema,
  type FieldSchema,
  type HttpRoute,
  type MessageSchema,
  type ScalarType,
  schemaOf,
  type ValueType,
} from "./schema.js";
export type {
  AnyMethodDescriptor,
  MethodDescriptor,
  ServiceDescriptor,
} from "./service-descriptor.js";
export { Writer } from "./writer.js";
