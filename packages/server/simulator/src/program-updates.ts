import { present } from "@perdure/kernel";
import type { CommandInit } from "@perdure/proto/temporal/api/command/v1";
import { CommandType } from "@perdure/proto/temporal/api/enums/v1";
import type { Message, MessageInit } from "@perdure/proto/temporal/api/protocol/v1";
import { Acceptance, Rejection, Request, Response } from "@perdure/proto/temporal/api/update/v1";
import { startTimer } from "./program-commands.js";

/** What becomes of an update that came with a workflow task. */
export type UpdateFate = "reject" | "accept" | "acceptAndComplete";

/** What a worker says about updates; a message that makes an event has a command for its place. */
export interface UpdateAnswer {
  readonly messages: readonly MessageInit[];
  readonly commands: readonly CommandInit[];
}

/** How long an update that is not completed at once stays open, milliseconds. */
const COMPLETION_DELAY_MS = 700;
const TYPE_URL = "type.googleapis.com/temporal.api.update.v1";

/** Answers the updates of a workflow task, each by the fate that is drawn for it. */
export function answerUpdates(
  requests: readonly Message[],
  drawFate: (updateId: string) => UpdateFate,
): UpdateAnswer {
  const messages: MessageInit[] = [];
  const commands: CommandInit[] = [];
  for (const request of requests) {
    const updateId = request.protocolInstanceId;
    const fate = drawFate(updateId);
    if (fate === "reject") {
      messages.push(rejection(request));
      continue;
    }
    messages.push(acceptance(request));
    commands.push(placeOf(`${updateId}/accept`));
    if (fate === "accept") {
      // The task after this timer completes the update.
      commands.push(startTimer(`update ${updateId}`, COMPLETION_DELAY_MS));
      continue;
    }
    const completed = completeUpdate(updateId);
    messages.push(...completed.messages);
    commands.push(...completed.commands);
  }
  return { messages, commands };
}

/** One answer out of several, in their order. */
export function joinAnswers(answers: readonly UpdateAnswer[]): UpdateAnswer {
  return {
    messages: answers.flatMap(({ messages }) => messages),
    commands: answers.flatMap(({ commands }) => commands),
  };
}

/** Completes an update that was accepted. */
export function completeUpdate(updateId: string): UpdateAnswer {
  const id = `${updateId}/complete`;
  const value = Response.encode({
    meta: { updateId },
    outcome: { value: { kind: "success", value: {} } },
  });
  const body = { typeUrl: `${TYPE_URL}.Response`, value };
  return { messages: [{ id, protocolInstanceId: updateId, body }], commands: [placeOf(id)] };
}

function acceptance(request: Message): MessageInit {
  const value = Acceptance.encode({
    acceptedRequestMessageId: request.id,
    acceptedRequestSequencingEventId: sequencingEventIdOf(request),
    acceptedRequest: requestOf(request),
  });
  return {
    id: `${request.protocolInstanceId}/accept`,
    protocolInstanceId: request.protocolInstanceId,
    body: { typeUrl: `${TYPE_URL}.Acceptance`, value },
  };
}

function rejection(request: Message): MessageInit {
  const value = Rejection.encode({
    rejectedRequestMessageId: request.id,
    rejectedRequestSequencingEventId: sequencingEventIdOf(request),
    rejectedRequest: requestOf(request),
    failure: { message: "simulated rejection" },
  });
  return {
    id: `${request.protocolInstanceId}/reject`,
    protocolInstanceId: request.protocolInstanceId,
    body: { typeUrl: `${TYPE_URL}.Rejection`, value },
  };
}

function requestOf(request: Message): Request {
  return Request.decode(present(request.body, "A message has a body").value);
}

function sequencingEventIdOf(request: Message): bigint {
  return request.sequencingId?.kind === "eventId" ? request.sequencingId.value : 0n;
}

function placeOf(messageId: string): CommandInit {
  const attributes = { kind: "protocolMessageCommandAttributes", value: { messageId } } as const;
  return { commandType: CommandType.PROTOCOL_MESSAGE, attributes };
}
