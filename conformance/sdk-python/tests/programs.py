"""Workflows and activities of the suite."""

import asyncio
from datetime import timedelta

from temporalio import activity, workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError

from .children import CHILD_WORKFLOWS
from .scopes import SCOPE_WORKFLOWS
from .starts import START_WORKFLOWS
from .tasks import TASK_ACTIVITIES, TASK_WORKFLOWS
from .visibility import VISIBILITY_WORKFLOWS

SAGA_LOG: dict[str, list[str]] = {}
TOKENS: dict[str, bytes] = {}
QUICK_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=50))
TEN_SECONDS = timedelta(seconds=10)


@activity.defn
async def greet(name: str) -> str:
    """Return a greeting."""
    return f"Hello, {name}!"


@activity.defn
async def succeed_at(attempt: int) -> int:
    """Fail until the given attempt."""
    now = activity.info().attempt
    if now < attempt:
        raise ApplicationError(f"attempt {now} fails")
    return now


@activity.defn
async def count_with_heartbeats(limit: int) -> int:
    """Heartbeat the progress, fail once half way, and go on from there."""
    details = activity.info().heartbeat_details
    resumed_at = int(details[0]) if details else 0
    for number in range(resumed_at, limit):
        activity.heartbeat(number)
        if number == limit // 2 and not resumed_at:
            raise ApplicationError("half way")
    return resumed_at


@activity.defn
async def book(step: str) -> None:
    """Note a step of a saga; there is no seat on the plane."""
    SAGA_LOG.setdefault(activity.info().workflow_id or "", []).append(step)
    if step == "book plane":
        raise ApplicationError("no seat left", type="NoSeat", non_retryable=True)


@activity.defn
async def complete_elsewhere() -> str:
    """Leave the completion to whoever has the task token."""
    TOKENS[activity.info().workflow_id or ""] = activity.info().task_token
    activity.raise_complete_async()


@activity.defn
async def wait_for_cancellation() -> None:
    """Heartbeat until cancelled."""
    while True:
        activity.heartbeat()
        await asyncio.sleep(0.1)


@activity.defn
async def sleep_long() -> None:
    """Sleep longer than anybody waits."""
    await asyncio.sleep(10)


@workflow.defn
class Hello:
    @workflow.run
    async def run(self, name: str) -> str:
        return await workflow.execute_activity(greet, name, start_to_close_timeout=TEN_SECONDS)


@workflow.defn
class Timer:
    @workflow.run
    async def run(self, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "rang"


@workflow.defn
class Collect:
    def __init__(self) -> None:
        self._items: list[str] = []

    @workflow.signal
    def add(self, item: str) -> None:
        self._items.append(item)

    @workflow.query
    def items(self) -> list[str]:
        return self._items

    @workflow.run
    async def run(self, count: int) -> list[str]:
        await workflow.wait_condition(lambda: len(self._items) >= count)
        return self._items


@workflow.defn
class Retry:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity(
            succeed_at, 3, start_to_close_timeout=TEN_SECONDS, retry_policy=QUICK_RETRY
        )


@workflow.defn
class Heartbeat:
    @workflow.run
    async def run(self) -> int:
        return await workflow.execute_activity(
            count_with_heartbeats,
            6,
            start_to_close_timeout=TEN_SECONDS,
            heartbeat_timeout=timedelta(seconds=5),
            retry_policy=QUICK_RETRY,
        )


@workflow.defn
class CountDown:
    @workflow.run
    async def run(self, left: int) -> str:
        if left > 0:
            workflow.continue_as_new(left - 1)
        return "done"


@workflow.defn
class Saga:
    @workflow.run
    async def run(self) -> None:
        compensations: list[str] = []
        try:
            for step in ["car", "hotel", "plane"]:
                await self._book(f"book {step}")
                compensations.insert(0, f"cancel {step}")
        except ActivityError:
            for compensation in compensations:
                await self._book(compensation)
            raise

    async def _book(self, step: str) -> None:
        await workflow.execute_activity(book, step, start_to_close_timeout=TEN_SECONDS)


@workflow.defn
class CompletedElsewhere:
    @workflow.run
    async def run(self) -> str:
        return await workflow.execute_activity(
            complete_elsewhere, start_to_close_timeout=TEN_SECONDS
        )


@workflow.defn
class CleanUp:
    @workflow.run
    async def run(self) -> None:
        try:
            await workflow.execute_activity(
                wait_for_cancellation,
                start_to_close_timeout=timedelta(seconds=30),
                heartbeat_timeout=timedelta(seconds=2),
                cancellation_type=workflow.ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
            )
        finally:
            await asyncio.shield(
                workflow.execute_activity(greet, "cleaner", start_to_close_timeout=TEN_SECONDS)
            )


@workflow.defn
class TimeOut:
    @workflow.run
    async def run(self) -> None:
        await workflow.execute_activity(
            sleep_long,
            start_to_close_timeout=timedelta(milliseconds=300),
            retry_policy=RetryPolicy(maximum_attempts=1),
        )


@workflow.defn
class Bookings:
    """Take bookings by update; a validator refuses empty ones, "move_on" continues as new."""

    @workflow.init
    def __init__(self, booked: list[str]) -> None:
        """Go on with what was booked before."""
        self._booked = booked
        self._is_moving_on = False

    @workflow.run
    async def run(self, booked: list[str]) -> list[str]:
        await workflow.wait_condition(lambda: self._is_moving_on or "last" in self._booked)
        await workflow.wait_condition(workflow.all_handlers_finished)
        if self._is_moving_on:
            workflow.continue_as_new(self._booked)
        return self._booked

    @workflow.update
    async def book(self, item: str) -> str:
        greeting = await workflow.execute_activity(
            greet, item, start_to_close_timeout=TEN_SECONDS
        )
        self._booked.append(item)
        return f"{greeting} {len(self._booked)}"

    @book.validator
    def check_item(self, item: str) -> None:
        if item == "":
            raise ApplicationError("empty", type="Empty")

    @workflow.update
    def move_on(self) -> str:
        self._is_moving_on = True
        return "moving on"


WORKFLOWS = [
    Bookings,
    Hello,
    Timer,
    Collect,
    Retry,
    Heartbeat,
    CountDown,
    Saga,
    CompletedElsewhere,
    CleanUp,
    TimeOut,
    *CHILD_WORKFLOWS,
    *SCOPE_WORKFLOWS,
    *START_WORKFLOWS,
    *TASK_WORKFLOWS,
    *VISIBILITY_WORKFLOWS,
]
ACTIVITIES = [
    greet,
    succeed_at,
    count_with_heartbeats,
    book,
    complete_elsewhere,
    wait_for_cancellation,
    sleep_long,
    *TASK_ACTIVITIES,
]
