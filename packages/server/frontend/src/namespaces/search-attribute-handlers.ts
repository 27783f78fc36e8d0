import { PREDEFINED_ATTRIBUTES, SYSTEM_ATTRIBUTES } from "@perdure/engine";
import { InvalidArgumentError } from "@perdure/kernel";
import { IndexedValueType } from "@perdure/proto/temporal/api/enums/v1";
import type {
  AddSearchAttributesRequest,
  ListSearchAttributesRequest,
  ListSearchAttributesResponseInit,
  RemoveSearchAttributesRequest,
} from "@perdure/proto/temporal/api/operatorservice/v1";
import type { GetSearchAttributesResponseInit } from "@perdure/proto/temporal/api/workflowservice/v1";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { allocateFields, CUSTOM_FIELDS, changedAliases } from "./attribute-aliases.js";
import type { Namespace, NamespaceRegistry } from "./namespace-registry.js";

/** The RPCs of `OperatorService` about search attributes, by method name. */
export function searchAttributeHandlers(
  namespaces: NamespaceRegistry,
): ReadonlyMap<string, UnaryHandler> {
  return new Map<string, UnaryHandler>([
    ["AddSearchAttributes", (request: AddSearchAttributesRequest) => add(request, namespaces)],
    [
      "RemoveSearchAttributes",
      (request: RemoveSearchAttributesRequest) => remove(request, namespaces),
    ],
    ["ListSearchAttributes", (request: ListSearchAttributesRequest) => list(request, namespaces)],
  ]);
}

const OWN_ATTRIBUTES: ReadonlyMap<string, IndexedValueType> = new Map([
  ...SYSTEM_ATTRIBUTES,
  ...PREDEFINED_ATTRIBUTES,
]);

/**
 * `temporal.api.workflowservice.v1.WorkflowService/GetSearchAttributes`: fields, not their names.
 */
export function getSearchAttributes(): GetSearchAttributesResponseInit {
  return { keys: new Map([...OWN_ATTRIBUTES, ...CUSTOM_FIELDS]) };
}

/** Names that no attribute may have, besides those of the server's own attributes. */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  "NamespaceId",
  "MemoEncoding",
  "Memo",
  "VisibilityTaskKey",
]);
const RESERVED_PREFIX = "Temporal";

function isReserved(name: string): boolean {
  return OWN_ATTRIBUTES.has(name) || RESERVED_NAMES.has(name) || name.startsWith(RESERVED_PREFIX);
}

const TYPES: ReadonlySet<IndexedValueType> = new Set(Object.values(IndexedValueType));

function namespaceOf(name: string, namespaces: NamespaceRegistry): Namespace {
  if (name === "") throw new InvalidArgumentError("Namespace is not set on request.");
  return namespaces.resolve(name);
}

function requireAttributes(count: number): void {
  if (count > 0) return;
  throw new InvalidArgumentError("SearchAttributes are not set on request.");
}

async function add(
  request: AddSearchAttributesRequest,
  namespaces: NamespaceRegistry,
): Promise<object> {
  const { searchAttributes } = request;
  requireAttributes(searchAttributes.size);
  for (const [name, type] of searchAttributes) {
    if (isReserved(name)) {
      throw new InvalidArgumentError(`Search attribute ${name} is reserved by system.`);
    }
    if (!TYPES.has(type)) {
      throw new InvalidArgumentError(`Unknown search attribute type: ${type}.`);
    }
  }
  const namespace = namespaceOf(request.namespace, namespaces);
  const allocated = allocateFields(namespace.aliases, searchAttributes);
  if (allocated.size > 0) {
    await namespaces.setAliases(namespace, changedAliases(namespace.aliases, allocated));
  }
  return {};
}

async function remove(
  request: RemoveSearchAttributesRequest,
  namespaces: NamespaceRegistry,
): Promise<object> {
  requireAttributes(request.searchAttributes.length);
  const namespace = namespaceOf(request.namespace, namespaces);
  const fieldOf = new Map([...namespace.aliases].map(([field, alias]) => [alias, field]));
  const freed = new Map<string, string>();
  for (const name of request.searchAttributes) {
    const field = fieldOf.get(name);
    if (field !== undefined) freed.set(field, "");
    else if (OWN_ATTRIBUTES.has(name) || CUSTOM_FIELDS.has(name)) {
      throw new InvalidArgumentError(`Unable to remove non-custom search attributes: ${name}.`);
    }
  }
  if (freed.size > 0) {
    await namespaces.setAliases(namespace, changedAliases(namespace.aliases, freed));
  }
  return {};
}

function list(
  request: ListSearchAttributesRequest,
  namespaces: NamespaceRegistry,
): ListSearchAttributesResponseInit {
  const { schema } = namespaceOf(request.namespace, namespaces);
  return { customAttributes: schema.customTypes, systemAttributes: OWN_ATTRIBUTES };
}
