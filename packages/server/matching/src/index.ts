export type {
  Dispatch,
  Dispatcher,
  PollerInfo,
  TakenPoller,
  TaskStarter,
  TransientTask,
} from "./contract.js";
export { Matching, type PollRequest } from "./matching.js";
export type { RecentPoller } from "./poller-log.js";
export type { QueueLoad } from "./task-queue.js";
