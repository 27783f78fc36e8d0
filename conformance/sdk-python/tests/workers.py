"""Workflows that outlive their worker, and one workflow in three versions of its code."""

import asyncio
from datetime import timedelta

from temporalio import workflow

CHANGE = "greeting"


@workflow.defn
class Steps:
    """Collect as many steps as it is told to."""

    def __init__(self) -> None:
        self._taken: list[str] = []

    @workflow.signal
    def step(self, name: str) -> None:
        self._taken.append(name)

    @workflow.query
    def taken(self) -> list[str]:
        return self._taken

    @workflow.run
    async def run(self, count: int) -> list[str]:
        await workflow.wait_condition(lambda: len(self._taken) >= count)
        return self._taken


class Proceeding:
    """Wait for the signal to proceed, after what comes first."""

    def __init__(self) -> None:
        self._is_waiting = False
        self._is_allowed = False

    @workflow.signal
    def proceed(self) -> None:
        self._is_allowed = True

    @workflow.query
    def is_waiting(self) -> bool:
        return self._is_waiting

    async def proceed_after(self, delay: timedelta | None) -> None:
        if delay is not None:
            await asyncio.sleep(delay.total_seconds())
        self._is_waiting = True
        await workflow.wait_condition(lambda: self._is_allowed)


OLD_DELAY = timedelta(milliseconds=10)


@workflow.defn(name="Versioned")
class Before(Proceeding):
    """The code before it was changed."""

    @workflow.run
    async def run(self) -> str:
        await self.proceed_after(OLD_DELAY)
        return "old"


@workflow.defn(name="Versioned")
class Patched(Proceeding):
    """The code that was changed: what runs already keeps to the old way."""

    @workflow.run
    async def run(self) -> str:
        is_new = workflow.patched(CHANGE)
        await self.proceed_after(None if is_new else OLD_DELAY)
        return "new" if is_new else "old"


@workflow.defn(name="Versioned")
class Deprecated(Proceeding):
    """The code once nothing runs the old way any more."""

    @workflow.run
    async def run(self) -> str:
        workflow.deprecate_patch(CHANGE)
        await self.proceed_after(None)
        return "new"
