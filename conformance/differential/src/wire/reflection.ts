import { createRequire } from "node:module";

/** One field of a reflected message, as protobufjs describes it. */
export interface ReflectedField {
  readonly id: number;
  readonly name: string;
  readonly type: string;
  readonly repeated: boolean;
  readonly map: boolean;
  /** Set for members of a oneof, proto3 `optional` included: they have presence. */
  readonly partOf: unknown;
  readonly resolvedType: ReflectedType | ReflectedEnum | null;
}

export interface ReflectedEnum {
  readonly fullName: string;
  readonly values: Readonly<Record<string, number>>;
  readonly valuesById: Readonly<Record<number, string>>;
}

export interface ReflectedType {
  readonly fullName: string;
  readonly fields: Readonly<Record<string, ReflectedField>>;
  readonly fieldsArray: readonly ReflectedField[];
  fromObject(object: object): object;
  encode(message: object): { finish(): Uint8Array };
  decode(bytes: Uint8Array): object;
}

interface ReflectedMethod {
  readonly resolvedRequestType: ReflectedType;
  readonly resolvedResponseType: ReflectedType;
}

interface ReflectedRoot {
  resolveAll(): unknown;
  lookupType(name: string): ReflectedType;
  lookupService(name: string): { readonly methods: Readonly<Record<string, ReflectedMethod>> };
}

/** An RPC as it goes over the wire. */
export interface WireMethod {
  readonly path: string;
  readonly request: ReflectedType;
  readonly response: ReflectedType;
}

export class UnknownNameError extends Error {
  override readonly name = "UnknownNameError";
}

const SERVICES = [
  "temporal.api.workflowservice.v1.WorkflowService",
  "temporal.api.operatorservice.v1.OperatorService",
];

const root = loadRoot();

/** Finds an RPC of the workflow or operator service by its bare name. */
export function wireMethod(rpc: string): WireMethod {
  for (const service of SERVICES) {
    const method = root.lookupService(service).methods[rpc];
    if (method !== undefined) {
      const { resolvedRequestType: request, resolvedResponseType: response } = method;
      return { path: `/${service}/${rpc}`, request, response };
    }
  }
  throw new UnknownNameError(`No service has an RPC named "${rpc}"`);
}

/** Finds a message type by its full name, such as `google.rpc.Status`. */
export function messageType(fullName: string): ReflectedType {
  return root.lookupType(fullName);
}

export function isEnum(type: ReflectedType | ReflectedEnum): type is ReflectedEnum {
  return "valuesById" in type;
}

function loadRoot(): ReflectedRoot {
  // The module is untyped CommonJS that exports a protobufjs Root.
  const loaded: ReflectedRoot = createRequire(import.meta.url)(
    "@temporalio/proto/protos/json-module.js",
  );
  loaded.resolveAll();
  return loaded;
}
