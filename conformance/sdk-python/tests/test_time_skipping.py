"""Time skipping: the official test environment starts our server in place of its own."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from temporalio.client import WorkflowFailureError
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from . import time_skipping

YEAR = timedelta(days=365)


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    """Start a time-skipping environment on our server."""
    path = os.environ["PERDURE_TEST_SERVER"]
    async with await WorkflowEnvironment.start_time_skipping(test_server_existing_path=path) as env:
        yield env


def worker(env: WorkflowEnvironment, task_queue: str) -> Worker:
    """Return a worker of the programs that wait."""
    return Worker(
        env.client,
        task_queue=task_queue,
        workflows=[time_skipping.Waits, time_skipping.Retries, time_skipping.Waited],
        activities=[time_skipping.takes_a_moment, time_skipping.fails_twice],
    )


@pytest.mark.asyncio(loop_scope="session")
async def test_a_year_passes_at_once(environment: WorkflowEnvironment) -> None:
    """A workflow that sleeps for a year ends within a second, and the clock shows it."""
    before = await environment.get_current_time()
    queue = f"queue-{uuid.uuid4()}"
    async with worker(environment, queue):
        result = await environment.client.execute_workflow(
            time_skipping.Waits.run, YEAR.total_seconds(), id=f"year-{uuid.uuid4()}", task_queue=queue
        )
    assert result >= YEAR.total_seconds()
    assert await environment.get_current_time() - before >= YEAR


@pytest.mark.asyncio(loop_scope="session")
async def test_time_waits_for_activities(environment: WorkflowEnvironment) -> None:
    """No time is skipped while an activity runs, so its short timeout does not come."""
    queue = f"queue-{uuid.uuid4()}"
    async with worker(environment, queue):
        result = await environment.client.execute_workflow(
            time_skipping.Waited.run, id=f"waited-{uuid.uuid4()}", task_queue=queue
        )
    assert result == "in time"


@pytest.mark.asyncio(loop_scope="session")
async def test_retries_are_skipped_to(environment: WorkflowEnvironment) -> None:
    """An activity that is retried after days is done at once."""
    queue = f"queue-{uuid.uuid4()}"
    async with worker(environment, queue):
        result = await environment.client.execute_workflow(
            time_skipping.Retries.run, id=f"retries-{uuid.uuid4()}", task_queue=queue
        )
    assert result == 3


@pytest.mark.asyncio(loop_scope="session")
async def test_sleep_of_the_environment(environment: WorkflowEnvironment) -> None:
    """The test's own sleep skips time, and only so far."""
    queue = f"queue-{uuid.uuid4()}"
    async with worker(environment, queue):
        handle = await environment.client.start_workflow(
            time_skipping.Waits.run,
            timedelta(days=10).total_seconds(),
            id=f"sleep-{uuid.uuid4()}",
            task_queue=queue,
        )
        before = await environment.get_current_time()
        await environment.sleep(timedelta(days=9))
        passed = await environment.get_current_time() - before
        assert timedelta(days=9) <= passed < timedelta(days=9, hours=1)
        assert (await handle.describe()).close_time is None
        await environment.sleep(timedelta(days=2))
        assert await handle.result() >= timedelta(days=10).total_seconds()


@pytest.mark.asyncio(loop_scope="session")
async def test_time_is_not_skipped_when_disabled(environment: WorkflowEnvironment) -> None:
    """Within auto_time_skipping_disabled, a workflow takes the time that it takes."""
    queue = f"queue-{uuid.uuid4()}"
    started = datetime.now(UTC)
    async with worker(environment, queue):
        with environment.auto_time_skipping_disabled():
            await environment.client.execute_workflow(
                time_skipping.Waits.run,
                1.0,
                id=f"slow-{uuid.uuid4()}",
                task_queue=queue,
            )
    assert datetime.now(UTC) - started >= timedelta(seconds=1)


@pytest.mark.asyncio(loop_scope="session")
async def test_run_timeout_comes_at_its_time(environment: WorkflowEnvironment) -> None:
    """A workflow's timeout of an hour ends a sleep of a year."""
    queue = f"queue-{uuid.uuid4()}"
    async with worker(environment, queue):
        with pytest.raises(WorkflowFailureError) as failed:
            await asyncio.wait_for(
                environment.client.execute_workflow(
                    time_skipping.Waits.run,
                    YEAR.total_seconds(),
                    id=f"timeout-{uuid.uuid4()}",
                    task_queue=queue,
                    run_timeout=timedelta(hours=1),
                ),
                10,
            )
    assert "timed out" in str(failed.value.cause)
