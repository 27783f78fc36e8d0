import type { UnaryHandler } from "../grpc/grpc-service.js";
import type { ScheduleServiceDeps } from "./deps.js";
import {
  createSchedule,
  deleteSchedule,
  describeSchedule,
  listScheduleMatchingTimes,
  patchSchedule,
  updateSchedule,
} from "./schedule-calls.js";
import { countSchedules, listSchedules } from "./schedule-lists.js";

/** The RPCs of `WorkflowService` on schedules, by method name. */
export function scheduleHandlers(deps: ScheduleServiceDeps): ReadonlyMap<string, UnaryHandler> {
  type Handle = (request: never, deps: ScheduleServiceDeps) => ReturnType<UnaryHandler>;
  const handlers = new Map<string, UnaryHandler>();
  for (const [name, handle] of Object.entries<Handle>(HANDLERS)) {
    handlers.set(name, (request) => handle(request, deps));
  }
  return handlers;
}

const HANDLERS = {
  CreateSchedule: createSchedule,
  DescribeSchedule: describeSchedule,
  UpdateSchedule: updateSchedule,
  PatchSchedule: patchSchedule,
  ListScheduleMatchingTimes: listScheduleMatchingTimes,
  DeleteSchedule: deleteSchedule,
  ListSchedules: listSchedules,
  CountSchedules: countSchedules,
};
