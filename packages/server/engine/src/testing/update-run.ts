import type { FailureInit } from "@perdure/proto/temporal/api/failure/v1";
import type { MessageInit } from "@perdure/proto/temporal/api/protocol/v1";
import {
  Acceptance,
  type AcceptanceInit,
  Rejection,
  Response,
  type ResponseInit,
} from "@perdure/proto/temporal/api/update/v1";
import type { RunStep } from "../workflow/step.js";
import { admitUpdate } from "../workflow/updates.js";
import { TestRun, type TestStart } from "./test-run.js";

export const REFUSAL: FailureInit = { message: "refused" };

/** A run that has completed its first workflow task: the next event is 5. */
export function idleRun(start: TestStart = {}): TestRun {
  const run = new TestRun(start);
  run.runTask();
  return run;
}

/** Sends an update to the run. */
export function sendUpdate(run: TestRun, updateId: string): RunStep {
  const request = { meta: { updateId, identity: "client-1" }, input: { name: "book" } };
  return run.apply(admitUpdate(run.state, { updateId, request }, run.environment));
}

function message(updateId: string, typeName: string, value: Uint8Array): MessageInit {
  const body = { typeUrl: `type.googleapis.com/${typeName}`, value };
  return { id: `${updateId}/${typeName}`, protocolInstanceId: updateId, body };
}

/** Messages as a worker sends them. */
export function acceptance(updateId: string, more: AcceptanceInit = {}): MessageInit {
  const accepted = {
    acceptedRequestMessageId: `${updateId}/request`,
    acceptedRequestSequencingEventId: 5n,
    ...more,
  };
  return message(updateId, Acceptance.typeName, Acceptance.encode(accepted));
}

export function rejection(updateId: string): MessageInit {
  const value = Rejection.encode({ failure: REFUSAL });
  return message(updateId, Rejection.typeName, value);
}

export function completion(updateId: string, more: ResponseInit = {}): MessageInit {
  const outcome = { value: { kind: "success", value: {} } } as const;
  const value = Response.encode({ meta: { updateId }, outcome, ...more });
  return message(updateId, Response.typeName, value);
}
