import { InvalidArgumentError } from "@perdure/kernel";
import { WorkflowTaskFailedCause } from "@perdure/proto/temporal/api/enums/v1";
import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { MessageInit } from "@perdure/proto/temporal/api/protocol/v1";
import {
  Acceptance,
  Rejection,
  Request,
  type RequestInit,
  Response,
} from "@perdure/proto/temporal/api/update/v1";
import { DecodeError } from "@perdure/proto/wire";
import { BadCommandError } from "./bad-command-error.js";
import { isOpen } from "./run-state.js";
import type { Step } from "./step.js";
import { checkTotal, requestMessageId } from "./updates.js";

const CAUSE = WorkflowTaskFailedCause.BAD_UPDATE_WORKFLOW_EXECUTION_MESSAGE;
const UPDATE_PROTOCOL = "temporal.api.update.v1";

/** Why an update is rejected that a worker got and did not answer. */
const UNPROCESSED_FAILURE: FailureInit = {
  message:
    "Workflow Update is rejected because it wasn't processed by worker. Probably, Workflow Update is not supported by the worker.",
  source: "Server",
  failureInfo: {
    kind: "applicationFailureInfo",
    value: { type: "UnprocessedUpdate", nonRetryable: true },
  },
};

/** A worker's messages, each of which is handled once: at its command, or after all commands. */
export class MessageList {
  readonly #byId = new Map<string, MessageInit>();
  /** Updates that were rejected by one of the messages. */
  readonly rejectedIds = new Set<string>();

  constructor(messages: readonly MessageInit[]) {
    for (const message of messages) this.#byId.set(message.id ?? "", message);
  }

  take(messageId: string): MessageInit | undefined {
    const message = this.#byId.get(messageId);
    this.#byId.delete(messageId);
    return message;
  }

  takeRest(): readonly MessageInit[] {
    const rest = [...this.#byId.values()];
    this.#byId.clear();
    return rest;
  }
}

/** Where a message is handled. */
export interface MessageContext {
  readonly step: Step;
  readonly messages: MessageList;
}

/**
 * Handles the message that a command stands for.
 *
 * @throws {BadCommandError} When it is illegal.
 * @throws {InvalidArgumentError} It is no message of any protocol.
 */
export function handleMessageCommand(context: MessageContext, messageId: string): void {
  if (messageId === "") {
    throw new BadCommandError(CAUSE, "MessageID is not set on ProtocolMessageCommand.");
  }
  const message = context.messages.take(messageId);
  if (message === undefined) {
    throw new BadCommandError(
      CAUSE,
      `ProtocolMessageCommand referenced absent message ID ${messageId}`,
    );
  }
  handleMessage(context, message);
}

/** Handles the messages that no command stood for. Errors as `handleMessageCommand`. */
export function handleRestOfMessages(context: MessageContext): void {
  for (const message of context.messages.takeRest()) handleMessage(context, message);
}

/** Name of the type of a message's body; `undefined` when it has no body. */
export function bodyTypeName(message: MessageInit): string | undefined {
  const typeUrl = message.body?.typeUrl;
  return message.body === undefined ? undefined : (typeUrl ?? "").replace(/^.*\//, "");
}

function handleMessage(context: MessageContext, message: MessageInit): void {
  const { step } = context;
  const typeName = checkedTypeName(message);
  const bytes = message.body?.value ?? new Uint8Array(0);
  if (bytes.length > step.environment.limits.blobSizeMaxBytes) {
    throw new BadCommandError(CAUSE, `Message type ${typeName} exceeds size limit.`, true);
  }
  const protocol = typeName.slice(0, typeName.lastIndexOf("."));
  if (protocol !== UPDATE_PROTOCOL) {
    throw new BadCommandError(CAUSE, `unsupported protocol type ${protocol}`);
  }
  const body = decodeBody(typeName, bytes);
  const updateId = message.protocolInstanceId ?? "";
  findUpdate(context, updateId, body);
  if (!isOpen(step.draft) && body.kind !== "rejection") return;
  applyBody(context, updateId, body);
}

function checkedTypeName(message: MessageInit): string {
  const typeName = bodyTypeName(message);
  if (typeName === undefined) throw new InvalidArgumentError("nil message body");
  if (typeName === "") throw new InvalidArgumentError("no message name specified");
  if (typeName.includes(".")) return typeName;
  throw new InvalidArgumentError(
    `failed to extract protocol type: no . found in ${JSON.stringify(typeName)}`,
  );
}

type Body =
  | { readonly kind: "acceptance"; readonly value: Acceptance }
  | { readonly kind: "rejection"; readonly value: Rejection }
  | { readonly kind: "response"; readonly value: Response }
  | { readonly kind: "other"; readonly typeName: string };

function decodeBody(typeName: string, bytes: Uint8Array): Body {
  try {
    switch (typeName) {
      case Acceptance.typeName:
        return { kind: "acceptance", value: Acceptance.decode(bytes) };
      case Rejection.typeName:
        return { kind: "rejection", value: Rejection.decode(bytes) };
      case Response.typeName:
        return { kind: "response", value: Response.decode(bytes) };
      default:
        return { kind: "other", typeName };
    }
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new BadCommandError(CAUSE, `unable to unmarshal request: ${error.message}`);
  }
}

/** Makes sure that the update is known. One that was lost comes back with the worker's answer. */
function findUpdate(context: MessageContext, updateId: string, body: Body): void {
  const { draft } = context.step;
  const isKnown =
    draft.admittedUpdates.has(updateId) ||
    draft.updates.has(updateId) ||
    context.messages.rejectedIds.has(updateId);
  if (isKnown) return;
  checkTotal(context.step);
  const request = requestOf(body);
  if (request === undefined) {
    throw new BadCommandError(
      CAUSE,
      `update ${updateId} wasn't found on the server. This is most likely a transient error which will be resolved automatically by retries`,
    );
  }
  const requestBytes = Request.encode(request);
  context.step.putAdmittedUpdate(updateId, { request, requestBytes, sentEventId: 0 });
}

function requestOf(body: Body): RequestInit | undefined {
  if (body.kind === "acceptance") return body.value.acceptedRequest;
  return body.kind === "rejection" ? body.value.rejectedRequest : undefined;
}

function applyBody(context: MessageContext, updateId: string, body: Body): void {
  switch (body.kind) {
    case "acceptance":
      return accept(context, updateId, body.value);
    case "rejection":
      return reject(context, updateId, body.value);
    case "response":
      return complete(context, updateId, body.value);
    case "other": {
      const name = body.typeName.slice(UPDATE_PROTOCOL.length + 1);
      throw new BadCommandError(CAUSE, `Message type *update.${name} not supported`);
    }
  }
}

function accept(context: MessageContext, updateId: string, acceptance: Acceptance): void {
  const { step } = context;
  const admitted = step.draft.admittedUpdates.get(updateId);
  if (admitted === undefined) throw illegalMessage(context, updateId, "Acceptance");
  const sequencingEventId = acceptance.acceptedRequestSequencingEventId;
  if (sequencingEventId === 0n) {
    throw invalidBody("Acceptance", "accepted_request_sequencing_event_id is not set");
  }
  if (acceptance.acceptedRequestMessageId === "") {
    throw invalidBody("Acceptance", "accepted_request_message_id is not set");
  }
  const value = {
    protocolInstanceId: updateId,
    acceptedRequestMessageId: requestMessageId(updateId),
    acceptedRequestSequencingEventId: sequencingEventId,
    // The event that admitted an update has its request.
    acceptedRequest: admitted.isByEvent === true ? undefined : admitted.request,
  };
  step.record({ kind: "workflowExecutionUpdateAcceptedEventAttributes", value });
  step.tell({ kind: "accepted", updateId });
}

function reject(context: MessageContext, updateId: string, rejection: Rejection): void {
  const { step } = context;
  if (!step.draft.admittedUpdates.has(updateId)) {
    throw illegalMessage(context, updateId, "Rejection");
  }
  rejectUpdate(step, updateId, rejection.failure);
  context.messages.rejectedIds.add(updateId);
}

function rejectUpdate(step: Step, updateId: string, failure: FailureInit | undefined): void {
  step.rejectAdmittedUpdate(updateId);
  step.tell({ kind: "rejected", updateId, failure });
}

function complete(context: MessageContext, updateId: string, response: Response): void {
  const { step } = context;
  const accepted = step.draft.updates.get(updateId);
  if (accepted === undefined || accepted.completedEventId > 0) {
    throw illegalMessage(context, updateId, "Response");
  }
  const { meta, outcome } = response;
  if (meta === undefined) throw invalidBody("Response", "meta is not set");
  if (meta.updateId === "") throw invalidBody("Response", "meta.update_id is not set");
  if (meta.updateId !== updateId) {
    throw invalidBody("Response", `meta.update_id != ${updateId}`);
  }
  if (outcome === undefined) throw invalidBody("Response", "outcome is not set");
  const acceptedEventId = BigInt(accepted.acceptedEventId);
  const value = { meta, acceptedEventId, outcome };
  step.record({ kind: "workflowExecutionUpdateCompletedEventAttributes", value });
  step.tell({ kind: "completed", updateId, outcome });
}

function invalidBody(typeName: string, reason: string): BadCommandError {
  return new BadCommandError(CAUSE, `invalid *update.${typeName}: ${reason}`);
}

function illegalMessage(
  context: MessageContext,
  updateId: string,
  typeName: string,
): BadCommandError {
  const state = stateName(context, updateId);
  return new BadCommandError(
    CAUSE,
    `invalid state transition attempted for Update ${updateId}: received *update.${typeName} message while in state ${state}`,
  );
}

/** The state of an update as the official server names it in messages. */
function stateName(context: MessageContext, updateId: string): string {
  const { draft, run } = context.step;
  const update = draft.updates.get(updateId);
  if (update === undefined) {
    if (context.messages.rejectedIds.has(updateId)) return "ProvisionallyCompleted";
    return (draft.admittedUpdates.get(updateId)?.sentEventId ?? 0) > 0 ? "Sent" : "Admitted";
  }
  const isNew = (eventId: number): boolean => eventId >= run.nextEventId;
  if (update.completedEventId > 0) {
    return isNew(update.completedEventId) ? "ProvisionallyCompleted" : "Completed";
  }
  return isNew(update.acceptedEventId) ? "ProvisionallyAccepted" : "Accepted";
}

/** Rejects the updates that the worker got with its task and did not answer. */
export function rejectUnprocessed(step: Step): void {
  for (const [updateId, update] of step.draft.admittedUpdates) {
    if (update.sentEventId > 0) rejectUpdate(step, updateId, UNPROCESSED_FAILURE);
  }
}

/** Gives up the updates that the worker had when its answer was refused. */
export function abortSent(step: Step): void {
  for (const [updateId, update] of step.draft.admittedUpdates) {
    if (update.sentEventId === 0) continue;
    if (step.loseAdmittedUpdate(updateId)) {
      step.tell({ kind: "aborted", updateId, reason: "taskFailed" });
    }
  }
}
