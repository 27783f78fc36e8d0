import type {
  ServerReflectionRequest,
  ServerReflectionResponseInit,
} from "@perdure/proto/grpc/reflection/v1";
import { ServerReflection } from "@perdure/proto/grpc/reflection/v1";
import { ServerReflection as ServerReflectionAlpha } from "@perdure/proto/grpc/reflection/v1alpha";
import type { DescriptorFile } from "@perdure/proto/wire";
import { GrpcError } from "./grpc-error.js";
import type { GrpcService, StreamHandler } from "./grpc-service.js";
import { GrpcStatusCode } from "./status-codes.js";

/** Files of the API by name and by the symbols in them. */
class FileIndex {
  readonly #byName = new Map<string, DescriptorFile>();
  readonly #bySymbol = new Map<string, DescriptorFile>();

  constructor(files: readonly DescriptorFile[]) {
    for (const file of files) {
      this.#byName.set(file.name, file);
      for (const symbol of file.symbols) this.#bySymbol.set(symbol, file);
    }
  }

  byName(name: string): DescriptorFile | undefined {
    return this.#byName.get(name);
  }

  /** Methods and fields are found by the symbol that they lie in. */
  bySymbol(symbol: string): DescriptorFile | undefined {
    return this.#bySymbol.get(symbol) ?? this.#bySymbol.get(symbol.replace(/\.[^.]*$/, ""));
  }

  /** The file and all that it imports. */
  withImports(file: DescriptorFile): readonly DescriptorFile[] {
    const found = new Map<string, DescriptorFile>();
    const visit = (visited: DescriptorFile): void => {
      if (found.has(visited.name)) return;
      found.set(visited.name, visited);
      for (const name of visited.dependencies) {
        const dependency = this.#byName.get(name);
        if (dependency !== undefined) visit(dependency);
      }
    };
    visit(file);
    return [...found.values()];
  }
}

let index: Promise<FileIndex> | undefined;

/** The descriptors are large: they are loaded with the first question. */
function loadIndex(): Promise<FileIndex> {
  index ??= import("@perdure/proto/descriptors").then(
    ({ descriptorFiles }) => new FileIndex(descriptorFiles),
  );
  return index;
}

/** Server reflection, of both versions: tools ask it what the server offers. */
export function reflectionServices(serviceNames: readonly string[]): readonly GrpcService[] {
  const own = [ServerReflection.typeName, ServerReflectionAlpha.typeName];
  const names = [...serviceNames, ...own].sort();
  const handler: StreamHandler = async function* info(
    requests: AsyncIterable<ServerReflectionRequest>,
  ) {
    for await (const request of requests) yield answer(request, await loadIndex(), names);
  };
  return [ServerReflection, ServerReflectionAlpha].map((descriptor) => ({
    descriptor,
    streams: new Map([["ServerReflectionInfo", handler]]),
  }));
}

function answer(
  request: ServerReflectionRequest,
  files: FileIndex,
  names: readonly string[],
): ServerReflectionResponseInit {
  const head = { validHost: request.host, originalRequest: request };
  const asked = request.messageRequest;
  switch (asked?.kind) {
    case "listServices": {
      const value = { service: names.map((name) => ({ name })) };
      return { ...head, messageResponse: { kind: "listServicesResponse", value } };
    }
    case "fileByFilename":
      return {
        ...head,
        messageResponse: fileResponse(files, files.byName(asked.value), asked.value),
      };
    case "fileContainingSymbol":
      return {
        ...head,
        messageResponse: fileResponse(files, files.bySymbol(asked.value), asked.value),
      };
    case "fileContainingExtension": {
      const name = asked.value.containingType;
      return { ...head, messageResponse: fileResponse(files, undefined, name) };
    }
    case "allExtensionNumbersOfType": {
      if (files.bySymbol(asked.value) === undefined) {
        return { ...head, messageResponse: notFound(asked.value) };
      }
      const value = { baseTypeName: asked.value };
      return { ...head, messageResponse: { kind: "allExtensionNumbersResponse", value } };
    }
    default:
      throw new GrpcError(GrpcStatusCode.INVALID_ARGUMENT, "invalid MessageRequest: <nil>");
  }
}

type MessageResponse = ServerReflectionResponseInit["messageResponse"];

function fileResponse(
  files: FileIndex,
  file: DescriptorFile | undefined,
  name: string,
): MessageResponse {
  if (file === undefined) return notFound(name);
  const fileDescriptorProto = files.withImports(file).map(({ bytes }) => bytes);
  return { kind: "fileDescriptorResponse", value: { fileDescriptorProto } };
}

function notFound(name: string): MessageResponse {
  const value = { errorCode: GrpcStatusCode.NOT_FOUND, errorMessage: `proto: not found: ${name}` };
  return { kind: "errorResponse", value };
}
