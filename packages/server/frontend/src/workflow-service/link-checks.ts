import { InvalidArgumentError } from "@perdure/kernel";
import { type CallbackInit, Link, type LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { EventType } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkflowServiceDeps } from "./deps.js";

type Variant = NonNullable<LinkInit["variant"]>;

/**
 * Checks the links of a request, those of its callbacks included.
 *
 * @throws {InvalidArgumentError} With the official wording.
 */
export function checkLinks(
  links: readonly LinkInit[],
  callbacks: readonly CallbackInit[],
  limits: WorkflowServiceDeps["limits"],
): void {
  const all = [...links, ...callbacks.flatMap((callback) => callback.links ?? [])];
  if (all.length > limits.linksMax) {
    throw new InvalidArgumentError(
      `cannot attach more than ${limits.linksMax} links per request, got ${all.length}`,
    );
  }
  for (const link of all) {
    const sizeBytes = Link.encode(link).length;
    if (sizeBytes > limits.linkBytesMax) {
      throw new InvalidArgumentError(
        `link exceeds allowed size of ${limits.linkBytesMax}, got ${sizeBytes}`,
      );
    }
    if (link.variant === undefined) throw new InvalidArgumentError("unsupported link variant");
    checkVariant(link.variant);
  }
}

function checkVariant(variant: Variant): void {
  switch (variant.kind) {
    case "workflowEvent":
      checkFields("workflow event link", [
        ["namespace field", variant.value.namespace],
        ["workflow ID field", variant.value.workflowId],
        ["run ID field", variant.value.runId],
      ]);
      return checkEventReference(variant.value.reference);
    case "batchJob":
      return checkFields("batch job link", [["job ID", variant.value.jobId]]);
    case "nexusOperation":
      return checkFields("nexus operation link", [
        ["namespace field", variant.value.namespace],
        ["operation ID field", variant.value.operationId],
        ["run ID field", variant.value.runId],
      ]);
    case "activity":
      return checkFields("activity link", [
        ["namespace field", variant.value.namespace],
        ["activity ID field", variant.value.activityId],
        ["run ID field", variant.value.runId],
      ]);
    case "workflow":
      return checkFields("workflow link", [
        ["namespace field", variant.value.namespace],
        ["workflow ID field", variant.value.workflowId],
        ["run ID field", variant.value.runId],
      ]);
  }
}

function checkFields(
  subject: string,
  fields: readonly (readonly [name: string, value: string | undefined])[],
): void {
  for (const [name, value] of fields) {
    if ((value ?? "") === "") {
      throw new InvalidArgumentError(`${subject} must not have an empty ${name}`);
    }
  }
}

function checkEventReference(
  reference: (Variant & { readonly kind: "workflowEvent" })["value"]["reference"],
): void {
  if (reference?.kind !== "eventRef") return;
  const { eventType = EventType.UNSPECIFIED, eventId = 0n } = reference.value;
  if (eventType !== EventType.UNSPECIFIED || eventId === 0n) return;
  throw new InvalidArgumentError(
    "workflow event link ref cannot have an unspecified event type and a non-zero event ID",
  );
}

/** Leaves out the links that a callback of the request has already. */
export function withoutCallbackLinks<L extends LinkInit>(
  links: readonly L[],
  callbacks: readonly CallbackInit[],
): readonly L[] {
  if (links.length === 0) return links;
  const known = new Set(
    callbacks
      .filter(({ variant }) => variant?.kind === "nexus")
      .flatMap((callback) => callback.links ?? [])
      .map(linkKey),
  );
  return known.size === 0 ? links : links.filter((link) => !known.has(linkKey(link)));
}

function linkKey(link: LinkInit): string {
  return Buffer.from(Link.encode(link)).toString("latin1");
}
