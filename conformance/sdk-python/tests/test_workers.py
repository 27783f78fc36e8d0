"""Workers that stop, lose their cache, have none, or change their code."""

import asyncio
from datetime import timedelta
from typing import Any

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.workflowservice.v1 import ResetStickyTaskQueueRequest
from temporalio.client import WorkflowHandle
from temporalio.worker import Worker

from . import tasks, workers
from .conftest import Suite, attributes_of, event_types, until


def worker_of(suite: Suite, task_queue: str, **options: Any) -> Worker:
    """Make a worker of a task queue that the suite's own does not poll."""
    defaults = {
        "workflows": [workers.Steps, tasks.Held],
        "activities": [tasks.hold_until_released],
        "graceful_shutdown_timeout": timedelta(seconds=10),
    }
    return Worker(suite.client, task_queue=task_queue, **(defaults | options))


async def signal_and_wait(handle: WorkflowHandle, step: str) -> None:
    """Wait for the workflow to have taken its signals so far, by a query."""
    await handle.signal(workers.Steps.step, step)
    assert (await handle.query(workers.Steps.taken))[-1] == step


async def test_takes_over_from_a_worker_that_stopped_with_its_cache(suite: Suite) -> None:
    queue = suite.new_id("queue")
    async with worker_of(suite, queue):
        handle = await suite.start(workers.Steps.run, 3, task_queue=queue)
        await signal_and_wait(handle, "one")
    await handle.signal(workers.Steps.step, "two")
    async with worker_of(suite, queue):
        await signal_and_wait(handle, "three")
        assert await handle.result() == ["one", "two", "three"]
    assert await attributes_of(handle, "workflow_task_failed") == []


async def test_forgets_the_sticky_queue_when_asked_to(suite: Suite) -> None:
    queue = suite.new_id("queue")
    async with worker_of(suite, queue):
        handle = await suite.start(workers.Steps.run, 3, task_queue=queue)
        await signal_and_wait(handle, "one")
        await signal_and_wait(handle, "two")
        await suite.client.workflow_service.reset_sticky_task_queue(
            ResetStickyTaskQueueRequest(
                namespace="default", execution=WorkflowExecution(workflow_id=handle.id)
            )
        )
        await handle.signal(workers.Steps.step, "three")
        assert await handle.result() == ["one", "two", "three"]
    scheduled = await attributes_of(handle, "workflow_task_scheduled")
    first, *between, last = [task.task_queue for task in scheduled]
    assert [first.name, last.name] == [queue, queue]
    assert {(sticky.name == queue, sticky.normal_name) for sticky in between} == {(False, queue)}


async def test_runs_workflows_on_a_worker_that_keeps_none_in_memory(suite: Suite) -> None:
    queue = suite.new_id("queue")
    async with worker_of(suite, queue, max_cached_workflows=0):
        handle = await suite.start(workers.Steps.run, 2, task_queue=queue)
        await signal_and_wait(handle, "one")
        await signal_and_wait(handle, "two")
        assert await handle.result() == ["one", "two"]


async def test_ends_its_activity_before_it_stops_and_another_goes_on(suite: Suite) -> None:
    queue = suite.new_id("queue")
    async with worker_of(suite, queue) as first:
        handle = await suite.start(tasks.Held.run, task_queue=queue)
        await tasks.BEGUN[handle.id].wait()
        stopped = asyncio.create_task(first.shutdown())
        tasks.RELEASED[handle.id].set()
        await stopped
    async with worker_of(suite, queue):
        assert await handle.result() == 1


async def test_runs_old_code_of_open_workflows_and_new_code_of_new_ones(suite: Suite) -> None:
    queue = suite.new_id("queue")

    async def begin() -> WorkflowHandle:
        handle = await suite.start("Versioned", task_queue=queue)
        await until(lambda: handle.query("is_waiting"))
        return handle

    async def end(handle: WorkflowHandle) -> str:
        await handle.signal("proceed")
        return await handle.result()

    async with worker_of(suite, queue, workflows=[workers.Before]):
        old = await begin()
    async with worker_of(suite, queue, workflows=[workers.Patched]):
        middle = await begin()
        assert await end(old) == "old"
        change = f"WorkflowId = '{middle.id}' AND TemporalChangeVersion = 'greeting'"
        await until(lambda: suite.counts(change, 1))
    async with worker_of(suite, queue, workflows=[workers.Deprecated]):
        assert await end(middle) == "new"
        assert await end(await begin()) == "new"
    assert "MARKER_RECORDED" in await event_types(middle)
