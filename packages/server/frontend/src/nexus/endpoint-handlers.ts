import { checkQueueName, toTimestamp } from "@perdure/engine";
import { FailedPreconditionError, InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import type { NexusEndpointEntry } from "@perdure/proto/perdure/internal/v1";
import { Payload } from "@perdure/proto/temporal/api/common/v1";
import type {
  Endpoint,
  EndpointInit,
  EndpointSpec,
  EndpointTargetInit,
} from "@perdure/proto/temporal/api/nexus/v1";
import type {
  CreateNexusEndpointRequest,
  CreateNexusEndpointResponseInit,
  DeleteNexusEndpointRequest,
  GetNexusEndpointRequest,
  GetNexusEndpointResponseInit,
  ListNexusEndpointsRequest,
  ListNexusEndpointsResponseInit,
  UpdateNexusEndpointRequest,
  UpdateNexusEndpointResponseInit,
} from "@perdure/proto/temporal/api/operatorservice/v1";
import type { NexusEndpoints } from "@perdure/runtime";
import { GrpcError } from "../grpc/grpc-error.js";
import type { UnaryHandler } from "../grpc/grpc-service.js";
import { GrpcStatusCode } from "../grpc/status-codes.js";
import { uuidProblem } from "./uuid-problem.js";

/** `limit.endpointNameMaxLength`, bytes. */
const NAME_LENGTH_MAX = 200;
/** `limit.endpointExternalURLMaxLength`, bytes. */
const URL_LENGTH_MAX = 4096;
/** `limit.endpointDescriptionMaxSize`, bytes. */
const DESCRIPTION_BYTES_MAX = 20_000;
/** `limit.endpointListDefaultPageSize` and `limit.endpointListMaxPageSize`. */
const PAGE_SIZE_DEFAULT = 100;
const PAGE_SIZE_MAX = 1000;

const NAME_PATTERN = "^[a-zA-Z][a-zA-Z0-9\\-]*[a-zA-Z0-9]$";

/** What the RPCs about Nexus endpoints need. */
export interface EndpointHandlersDeps {
  readonly endpoints: NexusEndpoints;
  readonly namespaces: {
    idOf(name: string): string | undefined;
    nameOf(id: string): string | undefined;
  };
  readonly idLengthMax: number;
}

/** The RPCs of `OperatorService` about Nexus endpoints, by method name. */
export function nexusEndpointHandlers(
  deps: EndpointHandlersDeps,
): ReadonlyMap<string, UnaryHandler> {
  return new Map<string, UnaryHandler>([
    ["CreateNexusEndpoint", (request: CreateNexusEndpointRequest) => create(request, deps)],
    ["UpdateNexusEndpoint", (request: UpdateNexusEndpointRequest) => update(request, deps)],
    ["DeleteNexusEndpoint", (request: DeleteNexusEndpointRequest) => remove(request, deps)],
    ["GetNexusEndpoint", (request: GetNexusEndpointRequest) => get(request, deps)],
    ["ListNexusEndpoints", (request: ListNexusEndpointsRequest) => list(request, deps)],
  ]);
}

/** `temporal.api.operatorservice.v1.OperatorService/CreateNexusEndpoint` */
async function create(
  { spec }: CreateNexusEndpointRequest,
  deps: EndpointHandlersDeps,
): Promise<CreateNexusEndpointResponseInit> {
  const entry = await deps.endpoints.create(checkedSpec(spec, deps));
  return { endpoint: describe(entry, deps) };
}

/** `temporal.api.operatorservice.v1.OperatorService/UpdateNexusEndpoint` */
async function update(
  { id, version, spec }: UpdateNexusEndpointRequest,
  deps: EndpointHandlersDeps,
): Promise<UpdateNexusEndpointResponseInit> {
  const entry = await deps.endpoints.update(id, { version, spec: checkedSpec(spec, deps) });
  return { endpoint: describe(entry, deps) };
}

/** `temporal.api.operatorservice.v1.OperatorService/DeleteNexusEndpoint` */
async function remove(
  { id, version }: DeleteNexusEndpointRequest,
  deps: EndpointHandlersDeps,
): Promise<Record<string, never>> {
  const issues = idIssues(id);
  if (version <= 0n) issues.push("endpoint version is non-positive");
  refuse(issues);
  await deps.endpoints.delete(id);
  return {};
}

/** `temporal.api.operatorservice.v1.OperatorService/GetNexusEndpoint` */
function get(
  { id }: GetNexusEndpointRequest,
  deps: EndpointHandlersDeps,
): GetNexusEndpointResponseInit {
  refuse(idIssues(id));
  const entry = deps.endpoints.find(id);
  if (entry === undefined) {
    throw new NotFoundError(`Nexus endpoint with ID \`${id}\` not found`);
  }
  return { endpoint: describe(entry, deps) };
}

/** `temporal.api.operatorservice.v1.OperatorService/ListNexusEndpoints` */
function list(
  request: ListNexusEndpointsRequest,
  deps: EndpointHandlersDeps,
): ListNexusEndpointsResponseInit {
  if (request.name !== "") {
    const found = deps.endpoints.find(deps.endpoints.idOf(request.name) ?? "");
    return { endpoints: found === undefined ? [] : [describe(found, deps)] };
  }
  if (request.pageSize < 0) throw new InvalidArgumentError("page_size is negative");
  if (request.pageSize > PAGE_SIZE_MAX) {
    throw new InvalidArgumentError(`page_size exceeds limit of ${PAGE_SIZE_MAX}`);
  }
  const limit = request.pageSize || PAGE_SIZE_DEFAULT;
  const fromId = Buffer.from(request.nextPageToken).toString();
  if (fromId !== "" && deps.endpoints.find(fromId) === undefined) {
    throw new GrpcError(GrpcStatusCode.INTERNAL, "error listing Nexus endpoints");
  }
  const { endpoints, nextId } = deps.endpoints.list({ fromId, limit });
  return {
    endpoints: endpoints.map((entry) => describe(entry, deps)),
    nextPageToken: nextId === undefined ? undefined : Buffer.from(nextId),
  };
}

function idIssues(id: string): string[] {
  if (id === "") return ["endpoint ID not set"];
  const problem = uuidProblem(id);
  return problem === undefined ? [] : [`malformed endpoint ID: ${JSON.stringify(problem)}`];
}

/** @throws {InvalidArgumentError} There is an issue. */
function refuse(issues: readonly string[]): void {
  if (issues.length > 0) throw new InvalidArgumentError(issues.join(", "));
}

/** The specification as it is stored: with the ID of a namespace in the place of its name. */
function checkedSpec(
  spec: EndpointSpec | undefined,
  deps: EndpointHandlersDeps,
): NonNullable<NexusEndpointEntry["spec"]> {
  const issues = nameIssues(spec?.name ?? "");
  const target = spec?.target?.variant;
  if (spec === undefined || target === undefined) {
    issues.push("empty target variant");
    throw new InvalidArgumentError(issues.join(", "));
  }
  const { issues: targetIssues, variant } = checkedTarget(target, deps);
  issues.push(...targetIssues);
  const { description } = spec;
  if (description !== undefined && Payload.encode(description).length > DESCRIPTION_BYTES_MAX) {
    issues.push(`description size exceeds limit of ${DESCRIPTION_BYTES_MAX}`);
  }
  refuse(issues);
  return { ...spec, target: { variant } };
}

function nameIssues(name: string): string[] {
  if (name === "") return ["endpoint name not set"];
  const issues: string[] = [];
  if (Buffer.byteLength(name) > NAME_LENGTH_MAX) {
    issues.push(`endpoint name exceeds length limit of ${NAME_LENGTH_MAX}`);
  }
  if (!new RegExp(NAME_PATTERN).test(name)) {
    issues.push(`endpoint name must match the regex: ${JSON.stringify(NAME_PATTERN)}`);
  }
  return issues;
}

type Target = NonNullable<NonNullable<Endpoint["spec"]>["target"]>["variant"] & {};

interface CheckedTarget {
  readonly issues: readonly string[];
  readonly variant: Target;
}

function checkedTarget(target: Target, deps: EndpointHandlersDeps): CheckedTarget {
  if (target.kind === "external") {
    return { issues: urlIssues(target.value.url), variant: target };
  }
  const { namespace, taskQueue } = target.value;
  const namespaceId = deps.namespaces.idOf(namespace);
  const issues: string[] = [];
  if (namespace === "") issues.push("target namespace not set");
  else if (namespaceId === undefined) {
    throw new FailedPreconditionError(
      `could not verify namespace referenced by target exists: Namespace ${namespace} is not found.`,
    );
  }
  if (taskQueue === "") issues.push('invalid target task queue: "taskQueue is not set"');
  else issues.push(...queueIssues(taskQueue, deps));
  const value = { ...target.value, namespace: namespaceId ?? "" };
  return { issues, variant: { ...target, value } };
}

function queueIssues(taskQueue: string, deps: EndpointHandlersDeps): readonly string[] {
  try {
    checkQueueName(taskQueue, { idLengthMax: deps.idLengthMax });
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error;
    return [`invalid target task queue: ${JSON.stringify(error.message)}`];
  }
  return [];
}

function urlIssues(url: string): readonly string[] {
  if (url === "") return ["empty target URL"];
  if (Buffer.byteLength(url) > URL_LENGTH_MAX) {
    return [`target URL length exceeds limit of ${URL_LENGTH_MAX}`];
  }
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? "";
  if (scheme === "http" || scheme === "https") return [];
  return [`invalid target URL scheme: ${JSON.stringify(scheme)}, expected http or https`];
}

function describe(entry: NexusEndpointEntry, deps: EndpointHandlersDeps): EndpointInit {
  const { id, version, spec, createdAtMs, modifiedAtMs } = entry;
  return {
    id,
    version: BigInt(version),
    spec: { ...spec, target: describeTarget(spec?.target?.variant, deps) },
    createdTime: toTimestamp(createdAtMs),
    lastModifiedTime: modifiedAtMs === 0 ? undefined : toTimestamp(modifiedAtMs),
    urlPrefix: `/nexus/endpoints/${id}/services`,
  };
}

function describeTarget(
  variant: Target | undefined,
  deps: EndpointHandlersDeps,
): EndpointTargetInit {
  if (variant?.kind !== "worker") return { variant };
  const namespace = deps.namespaces.nameOf(variant.value.namespace);
  return { variant: { kind: "worker", value: { ...variant.value, namespace } } };
}
