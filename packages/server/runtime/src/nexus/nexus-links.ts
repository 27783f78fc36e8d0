import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { EventType, EventType$names } from "@perdure/proto/temporal/api/enums/v1";
import type { LinkInit as NexusLinkInit } from "@perdure/proto/temporal/api/nexus/v1";

const WORKFLOW_EVENT = "temporal.api.common.v1.Link.WorkflowEvent";

type WorkflowEventLink = Extract<
  NonNullable<LinkInit["variant"]>,
  { readonly kind: "workflowEvent" }
>["value"];

/** A link to an event of a workflow in the form that Nexus sends. */
export function toNexusLink(link: WorkflowEventLink): NexusLinkInit {
  const { namespace = "", workflowId = "", runId = "", reference } = link;
  const path = ["namespaces", namespace, "workflows", workflowId, runId, "history"];
  const query = new URLSearchParams();
  const eventType = reference?.value.eventType ?? EventType.UNSPECIFIED;
  // In the order of the alphabet, as the official server writes them.
  if (reference?.kind === "eventRef") {
    const { eventId = 0n } = reference.value;
    if (eventId > 0n) query.set("eventID", String(eventId));
    query.set("eventType", eventTypeName(eventType));
    query.set("referenceType", "EventReference");
  } else if (reference?.kind === "requestIdRef") {
    query.set("eventType", eventTypeName(eventType));
    query.set("referenceType", "RequestIdReference");
    query.set("requestID", reference.value.requestId ?? "");
  }
  const url = `temporal:///${path.map(escapeSegment).join("/")}?${query.toString()}`;
  return { url, type: WORKFLOW_EVENT };
}

/** Go leaves a few characters of a path as they are that JavaScript escapes. */
function escapeSegment(text: string): string {
  return encodeURIComponent(text).replace(/%(24|26|2B|3A|3D|40)/g, (escaped) =>
    decodeURIComponent(escaped),
  );
}

/** The links among those that Nexus sent which mean something here. */
export function fromNexusLinks(links: readonly NexusLinkInit[]): readonly LinkInit[] {
  return links.flatMap((link) => fromNexusLink(link) ?? []);
}

const WORKFLOW_PATH = /^\/namespaces\/([^/]+)\/workflows\/([^/]+)\/([^/]+)\/history$/;

function fromNexusLink({ url = "", type }: NexusLinkInit): LinkInit | undefined {
  if (type !== WORKFLOW_EVENT) return undefined;
  const [, scheme, path = "", query = ""] =
    /^([a-z]+):\/\/\/?([^?#]*)(?:\?([^#]*))?/.exec(url) ?? [];
  if (scheme !== "temporal") return undefined;
  const match = WORKFLOW_PATH.exec(path.startsWith("/") ? path : `/${path}`);
  if (match === null) return undefined;
  const [, namespace = "", workflowId = "", runId = ""] = match;
  const reference = readReference(new URLSearchParams(query));
  if (reference === undefined) return undefined;
  try {
    const value = {
      namespace: decodeURIComponent(namespace),
      workflowId: decodeURIComponent(workflowId),
      runId: decodeURIComponent(runId),
      reference,
    };
    return { variant: { kind: "workflowEvent", value } };
  } catch (error) {
    // A link that is no link is left out: nothing depends on it.
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function readReference(query: URLSearchParams): WorkflowEventLink["reference"] | undefined {
  const eventType = readEventType(query.get("eventType") ?? "");
  if (eventType === undefined) return undefined;
  switch (query.get("referenceType")) {
    case "EventReference": {
      const eventId = query.get("eventID") ?? "0";
      if (!/^\d+$/.test(eventId)) return undefined;
      return { kind: "eventRef", value: { eventId: BigInt(eventId), eventType } };
    }
    case "RequestIdReference": {
      const requestId = query.get("requestID") ?? "";
      return { kind: "requestIdRef", value: { requestId, eventType } };
    }
    default:
      return undefined;
  }
}

/** `WorkflowExecutionStarted` for `EVENT_TYPE_WORKFLOW_EXECUTION_STARTED`. */
function eventTypeName(type: EventType): string {
  const name = EventType$names.get(type) ?? "EVENT_TYPE_UNSPECIFIED";
  const words = name.replace("EVENT_TYPE_", "").toLowerCase().split("_");
  return words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
}

function readEventType(text: string): EventType | undefined {
  for (const [type, name] of EventType$names) {
    if (text === name || text === eventTypeName(type as EventType)) return type as EventType;
  }
  return undefined;
}
