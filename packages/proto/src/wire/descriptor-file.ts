/** One `.proto` file, as gRPC server reflection gives it. */
export interface DescriptorFile {
  /** Such as `temporal/api/common/v1/message.proto`. */
  readonly name: string;
  /** Names of the files that it imports. */
  readonly dependencies: readonly string[];
  /** Full names of its messages, enums, services, methods and extensions. */
  readonly symbols: readonly string[];
  /** A serialized `google.protobuf.FileDescriptorProto`. Decoded on first use. */
  readonly bytes: Uint8Array;
}

/** Makes a file of its generated parts: lists are separated by spaces, `base64` has the bytes. */
export function lazyFile(
  name: string,
  lists: { readonly dependencies: string; readonly symbols: string },
  base64: string,
): DescriptorFile {
  let bytes: Uint8Array | undefined;
  return {
    name,
    dependencies: words(lists.dependencies),
    symbols: words(lists.symbols),
    get bytes() {
      bytes ??= Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      return bytes;
    },
  };
}

function words(list: string): readonly string[] {
  return list === "" ? [] : list.split(" ");
}
