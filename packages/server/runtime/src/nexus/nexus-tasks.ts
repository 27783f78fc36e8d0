import { InvalidArgumentError, NotFoundError } from "@perdure/kernel";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import { NexusTaskToken } from "@perdure/proto/perdure/internal/v1";
import type { RequestInit } from "@perdure/proto/temporal/api/nexus/v1";
import { PollNexusTaskQueueResponse } from "@perdure/proto/temporal/api/workflowservice/v1";
import { DecodeError } from "@perdure/proto/wire";
import type { Dispatch } from "../dispatch.js";
import type { WorkflowHost } from "../workflow-host.js";
import type { NexusTaskOutcome } from "./nexus-call.js";

/** A request for a worker that polls for Nexus tasks. */
export interface NexusRequest {
  readonly namespaceId: string;
  readonly queueName: string;
  readonly request: RequestInit;
  /** When the caller stops waiting, milliseconds since the epoch. */
  readonly deadlineMs: number;
}

/** The worker learns how much time it has, in both spellings that SDKs know. */
const TIMEOUT_HEADERS = ["request-timeout", "Request-Timeout"];

/** Hands Nexus requests to workers. They live in memory only: their callers try again. */
export class NexusTasks {
  readonly #host: WorkflowHost;
  readonly #waiting = new Map<string, (outcome: NexusTaskOutcome) => void>();

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  /** Gives a request to a worker; the answer says so when none was there or answered in time. */
  dispatch(task: NexusRequest): Promise<NexusTaskOutcome> {
    const { clock } = this.#host.deps;
    const taskId = this.#host.newId();
    const { namespaceId, queueName: name } = task;
    const queue: QueueKey = { namespaceId, name, taskKind: TaskKind.NEXUS };
    return new Promise((resolve) => {
      const start = (): Promise<Dispatch | undefined> =>
        Promise.resolve(this.#waiting.has(taskId) ? this.#describe(task, taskId) : undefined);
      let takeBack: (() => void) | undefined;
      const settle = (outcome: NexusTaskOutcome): void => {
        this.#waiting.delete(taskId);
        takeBack?.();
        timer.cancel();
        resolve(outcome);
      };
      this.#waiting.set(taskId, settle);
      const timer = clock.schedule(task.deadlineMs - clock.nowMs(), () =>
        settle({ kind: "timedOut" }),
      );
      // A poller that waits gets the task at once.
      takeBack = this.#host.dispatcher?.offerTransient(queue, { start });
    });
  }

  #describe(
    { request, namespaceId, queueName, deadlineMs }: NexusRequest,
    taskId: string,
  ): Dispatch {
    const leftMs = deadlineMs - this.#host.deps.clock.nowMs();
    const header = new Map(request.header);
    for (const name of TIMEOUT_HEADERS) header.set(name, goDurationText(leftMs));
    const response = PollNexusTaskQueueResponse.encode({
      taskToken: NexusTaskToken.encode({ namespaceId, queueName, taskId }),
      request: { ...request, header },
    });
    return { response };
  }

  /** Lets go of everybody who waits: the server stops. */
  stop(): void {
    for (const settle of [...this.#waiting.values()]) settle({ kind: "timedOut" });
  }

  /**
   * Takes a worker's answer.
   *
   * @throws {NotFoundError} Nobody waits for it (any more).
   */
  answer(token: NexusTaskToken, outcome: NexusTaskOutcome): void {
    const settle = this.#waiting.get(token.taskId);
    if (settle === undefined) throw new NotFoundError("Nexus task not found or already expired");
    settle(outcome);
  }
}

/**
 * Reads the token of a Nexus task.
 *
 * @throws {InvalidArgumentError} It is none of ours.
 */
export function decodeNexusTaskToken(bytes: Uint8Array): NexusTaskToken {
  let token: NexusTaskToken | undefined;
  try {
    token = NexusTaskToken.decode(bytes);
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    throw new InvalidArgumentError("Error deserializing task token.");
  }
  if (token.queueName !== "" && token.taskId !== "") return token;
  throw new InvalidArgumentError("Invalid TaskToken.");
}

/** A span as Go writes it: `8.5s`, and `900ms` below a second. */
function goDurationText(spanMs: number): string {
  const wholeMs = Math.max(0, Math.round(spanMs));
  return wholeMs > 0 && wholeMs < 1000 ? `${wholeMs}ms` : `${wholeMs / 1000}s`;
}
