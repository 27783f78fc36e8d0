import * as common from "@perdure/proto/temporal/api/common/v1";
import * as errorDetails from "@perdure/proto/temporal/api/errordetails/v1";
import * as failure from "@perdure/proto/temporal/api/failure/v1";
import * as update from "@perdure/proto/temporal/api/update/v1";
import type { MessageType } from "@perdure/proto/wire";

export type AnyMessageType = MessageType<object, object>;

const MODULES: readonly object[] = [errorDetails, common, failure, update];

let known: ReadonlyMap<string, AnyMessageType> | undefined;

/**
 * Finds the codec of a message that a `google.protobuf.Any` may hold: details of errors and bodies
 * of protocol messages.
 */
export function anyType(typeName: string): AnyMessageType | undefined {
  known ??= new Map(
    MODULES.flatMap((module) => Object.values(module))
      .filter(isMessageType)
      .map((type) => [type.typeName, type]),
  );
  return known.get(typeName);
}

function isMessageType(value: unknown): value is AnyMessageType {
  return typeof value === "object" && value !== null && "typeName" in value && "decode" in value;
}

/** `type.googleapis.com/temporal.api…` → `temporal.api…` */
export function typeNameOf(typeUrl: string): string {
  return typeUrl.slice(typeUrl.lastIndexOf("/") + 1);
}
