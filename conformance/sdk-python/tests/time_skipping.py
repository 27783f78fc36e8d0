"""Programs of the tests of time skipping."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ApplicationError


@activity.defn
async def takes_a_moment() -> str:
    """Take some real time."""
    await asyncio.sleep(0.5)
    return "in time"


@activity.defn
async def fails_twice() -> int:
    """Fail until the third attempt."""
    attempt = activity.info().attempt
    if attempt < 3:
        raise ApplicationError(f"attempt {attempt}")
    return attempt


@workflow.defn
class Waits:
    """Sleeps."""

    @workflow.run
    async def run(self, seconds: float) -> float:
        """Return how many seconds have passed in the workflow."""
        started = workflow.now()
        await asyncio.sleep(seconds)
        return (workflow.now() - started).total_seconds()


@workflow.defn
class Waited:
    """Runs an activity beside a timer."""

    @workflow.run
    async def run(self) -> str:
        """Return what comes first: the activity, or a timer of a day."""
        timeout = timedelta(seconds=60)
        slow = workflow.start_activity(takes_a_moment, start_to_close_timeout=timeout)
        timer = asyncio.create_task(asyncio.sleep(24 * 3600))
        await workflow.wait([slow, timer], return_when=asyncio.FIRST_COMPLETED)
        return await slow if slow.done() else "too late"


@workflow.defn
class Retries:
    """Runs an activity that fails."""

    @workflow.run
    async def run(self) -> int:
        """Return the attempt that did not fail."""
        return await workflow.execute_activity(
            fails_twice,
            start_to_close_timeout=timedelta(seconds=60),
            retry_policy=RetryPolicy(initial_interval=timedelta(days=3)),
        )
