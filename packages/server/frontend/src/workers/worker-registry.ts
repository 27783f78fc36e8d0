import { WorkerStatus } from "@perdure/proto/temporal/api/enums/v1";
import type { WorkerHeartbeat } from "@perdure/proto/temporal/api/worker/v1";

/** `matching.workerRegistryEntryTTL`: a worker that was silent for so long is gone. */
const SILENCE_MS_MAX = 5 * 60_000;
/** Most workers that are known at a time; the one that was silent longest makes place. */
const WORKERS_MAX = 100_000;

interface KnownWorker {
  readonly namespaceId: string;
  readonly heartbeat: WorkerHeartbeat;
  readonly seenAtMs: number;
}

/** The workers that tell of themselves. They live in memory only: heartbeats bring them back. */
export class WorkerRegistry {
  /** The one that was silent longest comes first. */
  readonly #workers = new Map<string, KnownWorker>();

  /** Takes the newest heartbeat of a worker; one that has shut down is forgotten. */
  record(namespaceId: string, heartbeat: WorkerHeartbeat, nowMs: number): void {
    const key = keyOf(namespaceId, heartbeat.workerInstanceKey);
    this.#workers.delete(key);
    if (heartbeat.status === WorkerStatus.SHUTDOWN) return;
    this.#workers.set(key, { namespaceId, heartbeat, seenAtMs: nowMs });
    for (const [oldest, { seenAtMs }] of this.#workers) {
      if (this.#workers.size <= WORKERS_MAX && nowMs - seenAtMs <= SILENCE_MS_MAX) return;
      this.#workers.delete(oldest);
    }
  }

  /** The last heartbeat of a worker; `undefined` when it is not known or was silent too long. */
  find(namespaceId: string, instanceKey: string, nowMs: number): WorkerHeartbeat | undefined {
    const known = this.#workers.get(keyOf(namespaceId, instanceKey));
    return known !== undefined && nowMs - known.seenAtMs <= SILENCE_MS_MAX
      ? known.heartbeat
      : undefined;
  }

  /** The last heartbeats of all workers of a namespace, by the order of their keys. */
  list(namespaceId: string, nowMs: number): readonly WorkerHeartbeat[] {
    return [...this.#workers.values()]
      .filter((known) => known.namespaceId === namespaceId)
      .filter(({ seenAtMs }) => nowMs - seenAtMs <= SILENCE_MS_MAX)
      .map(({ heartbeat }) => heartbeat)
      .sort((one, other) => (one.workerInstanceKey < other.workerInstanceKey ? -1 : 1));
  }
}

function keyOf(namespaceId: string, instanceKey: string): string {
  return `${namespaceId}/${instanceKey}`;
}
