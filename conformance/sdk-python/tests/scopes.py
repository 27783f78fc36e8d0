"""Cancellation within a workflow: what asyncio cancels, and what it shields."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.exceptions import ActivityError, is_cancelled_exception

TEN_SECONDS = timedelta(seconds=10)


async def outcome_of(task: asyncio.Future[Any]) -> str:
    """Tell whether something ended or was cancelled."""
    try:
        await task
    except (asyncio.CancelledError, ActivityError) as error:
        if not is_cancelled_exception(error):
            raise
        return "cancelled"
    return "ended"


@workflow.defn
class HurriedActivity:
    @workflow.run
    async def run(self) -> str:
        task = workflow.start_activity(
            "wait_for_cancellation",
            start_to_close_timeout=TEN_SECONDS,
            heartbeat_timeout=timedelta(seconds=2),
            cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
        )
        await asyncio.sleep(0.3)
        task.cancel()
        return await outcome_of(task)


@workflow.defn
class CancelledTimer:
    """Cancel one of two timers, in a later task than the one that sets them."""

    @workflow.run
    async def run(self) -> list[str]:
        inner = asyncio.create_task(asyncio.sleep(3600))
        outer = asyncio.create_task(asyncio.sleep(0.2))
        await workflow.execute_activity("greet", "timer", start_to_close_timeout=TEN_SECONDS)
        inner.cancel()
        return [await outcome_of(inner), await outcome_of(outer)]


@workflow.defn
class Shielded:
    """Survive a cancellation and finish what is shielded from it."""

    @workflow.run
    async def run(self) -> str:
        greeting = asyncio.create_task(self._greet())
        try:
            await asyncio.shield(greeting)
        except asyncio.CancelledError:
            return await greeting
        return "was not cancelled"

    async def _greet(self) -> str:
        await asyncio.sleep(0.3)
        return await workflow.execute_activity(
            "greet", "survivor", result_type=str, start_to_close_timeout=TEN_SECONDS
        )


@workflow.defn
class Impatient:
    @workflow.run
    async def run(self) -> str:
        try:
            await workflow.wait_condition(lambda: False, timeout=0.05)
        except asyncio.TimeoutError:
            return "timed out"
        return "came true"


SCOPE_WORKFLOWS = [HurriedActivity, CancelledTimer, Shielded, Impatient]
