"""Activities that others complete, and local ones."""

import asyncio
from collections import defaultdict
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError

TEN_SECONDS = timedelta(seconds=10)
# By workflow ID: that an activity has begun, and that the test lets it end.
BEGUN: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
RELEASED: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)


@activity.defn
async def leave_to_others() -> str:
    """Tell that it has begun, and leave the completion to whoever knows its ID."""
    BEGUN[activity.info().workflow_id or ""].set()
    activity.raise_complete_async()


@activity.defn
async def hold_until_released() -> int:
    """Tell that it has begun, and end when the test says so."""
    workflow_id = activity.info().workflow_id or ""
    BEGUN[workflow_id].set()
    await RELEASED[workflow_id].wait()
    return activity.info().attempt


@activity.defn
async def succeed_locally_at(attempt: int) -> int:
    """Fail until the given attempt."""
    now = activity.info().attempt
    if now < attempt:
        raise ApplicationError(f"attempt {now} fails")
    return now


@workflow.defn
class CompletedById:
    @workflow.run
    async def run(self) -> str:
        return await workflow.execute_activity(
            leave_to_others,
            activity_id="elsewhere",
            start_to_close_timeout=TEN_SECONDS,
            heartbeat_timeout=TEN_SECONDS,
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )


@workflow.defn
class Held:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity(
            hold_until_released, start_to_close_timeout=timedelta(seconds=20)
        )


@workflow.defn
class LocalRetry:
    """Run a local activity that succeeds at its third attempt, 50 ms and 100 ms apart."""

    @workflow.run
    async def run(self, threshold_ms: int) -> int:
        return await workflow.execute_local_activity(
            succeed_locally_at,
            3,
            start_to_close_timeout=TEN_SECONDS,
            local_retry_threshold=timedelta(milliseconds=threshold_ms),
            retry_policy=RetryPolicy(initial_interval=timedelta(milliseconds=50)),
        )


TASK_ACTIVITIES = [leave_to_others, hold_until_released, succeed_locally_at]
TASK_WORKFLOWS = [CompletedById, Held, LocalRetry]
