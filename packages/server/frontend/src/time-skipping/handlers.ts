import { durationMs, timestampMs, toTimestamp } from "@perdure/engine";
import type { SleepRequest, SleepUntilRequest } from "@perdure/proto/temporal/api/testservice/v1";
import type { TimeSkippingService } from "@perdure/runtime";
import type { UnaryHandler } from "../grpc/grpc-service.js";

/** The RPCs of `temporal.api.testservice.v1.TestService`, by method name. */
export function timeSkippingHandlers(
  service: TimeSkippingService,
): ReadonlyMap<string, UnaryHandler> {
  const handlers = {
    LockTimeSkipping: () => done(service.lock()),
    UnlockTimeSkipping: () => done(service.unlock()),
    Sleep: async ({ duration }: SleepRequest) => done(await service.sleep(durationMs(duration))),
    SleepUntil: async ({ timestamp }: SleepUntilRequest) =>
      done(await service.sleepUntil(timestampMs(timestamp))),
    UnlockTimeSkippingWithSleep: async ({ duration }: SleepRequest) =>
      done(await service.unlockWithSleep(durationMs(duration))),
    GetCurrentTime: () => ({ time: toTimestamp(service.nowMs()) }),
  };
  return new Map(Object.entries<UnaryHandler>(handlers));
}

/** Every answer but that about the time is empty. */
function done(_: void): object {
  return {};
}
