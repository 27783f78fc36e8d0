import { completeNexusOperation, type NexusEnd, toTimestamp } from "@perdure/engine";
import { NamespaceNotFoundError, NotFoundError } from "@perdure/kernel";
import type { NexusCompletionToken } from "@perdure/proto/perdure/internal/v1";
import type { LinkInit } from "@perdure/proto/temporal/api/common/v1";
import { stepRun } from "../step-run.js";
import type { WorkflowHost } from "../workflow-host.js";

/** The end of an operation as its handler sends it. */
export interface SentCompletion {
  readonly end: NexusEnd;
  /** What the handler calls the operation; known here unless its start was not answered yet. */
  readonly operationToken: string;
  /** Milliseconds since the epoch; `undefined` when the handler does not say. */
  readonly startTimeMs: number | undefined;
  readonly links: readonly LinkInit[];
}

/** Takes the ends of asynchronous operations from their handlers. */
export class NexusCompletions {
  readonly #host: WorkflowHost;

  constructor(host: WorkflowHost) {
    this.#host = host;
  }

  /**
   * Completes an operation of a workflow, which may have been reset meanwhile.
   *
   * @throws {NotFoundError} No open run has such an operation (any more).
   */
  async complete(token: NexusCompletionToken, sent: SentCompletion): Promise<void> {
    if (this.#host.namespaceName(token.namespaceId) === undefined) {
      throw new NamespaceNotFoundError(token.namespaceId);
    }
    try {
      await this.#completeRun(token, token.runId, sent);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
      await this.#completeRun(token, "", sent);
    }
  }

  async #completeRun(
    token: NexusCompletionToken,
    runId: string,
    sent: SentCompletion,
  ): Promise<void> {
    const { namespaceId, workflowId, scheduledEventId, requestId } = token;
    const { startTimeMs, ...rest } = sent;
    const startTime = startTimeMs === undefined ? undefined : toTimestamp(startTimeMs);
    const completion = { ...rest, scheduledEventId, requestId, startTime };
    await stepRun(this.#host, { namespaceId, workflowId, runId }, (state, environment) =>
      completeNexusOperation(state, completion, environment),
    );
  }
}
