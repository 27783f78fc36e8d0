import type { StartVersioning, TaskOffer } from "@perdure/engine";
import { type QueueKey, TaskKind } from "@perdure/persistence";
import type { Dispatcher, PollerInfo } from "./dispatch.js";
import type { TaskRouter } from "./routing/task-router.js";

/** A sticky queue that nobody polled for so long has lost its worker. */
const STICKY_POLLER_WINDOW_MS = 10_000;

/** What knows pollers, and what knows versions. */
export interface OfferRoutes {
  readonly dispatcher: Dispatcher | undefined;
  readonly router: TaskRouter | undefined;
}

/**
 * The queue that an offer goes to: not a sticky one whose worker seems to be gone or is of another
 * version by now.
 */
export function queueOfOffer(
  namespaceId: string,
  offer: TaskOffer,
  { dispatcher, router }: OfferRoutes,
): QueueKey {
  const taskKind = offer.kind === "workflow" ? TaskKind.WORKFLOW : TaskKind.ACTIVITY;
  const queue = { namespaceId, name: offer.queueName, taskKind };
  const { fallbackQueueName } = offer;
  if (fallbackQueueName === undefined) return router?.place(queue, offer) ?? queue;
  const normal = { namespaceId, name: fallbackQueueName, taskKind };
  const isPolled = dispatcher?.hasRecentPoller(queue, STICKY_POLLER_WINDOW_MS) === true;
  if (isPolled && router?.mayStick(normal, offer) !== false) return queue;
  return router?.place(normal, offer) ?? normal;
}

/** What the start of an offered task must know of versions; `undefined` when there are none. */
export function startVersioning(
  namespaceId: string,
  offer: TaskOffer,
  { poller, router }: { readonly poller: PollerInfo; readonly router: TaskRouter | undefined },
): StartVersioning | undefined {
  const { version } = poller;
  if (router === undefined || (version === undefined && offer.directive === undefined)) {
    return undefined;
  }
  const name = offer.fallbackQueueName ?? offer.queueName;
  const queue = { namespaceId, name, taskKind: TaskKind.WORKFLOW };
  const target = router.target(queue, offer) ?? { version: undefined, revision: 0 };
  return { worker: version, target };
}
