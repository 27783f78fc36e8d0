"""Activities that others complete by their ID, and local activities."""

import pytest
from temporalio.client import AsyncActivityCancelledError, AsyncActivityHandle, WorkflowHandle
from temporalio.exceptions import ActivityError, ApplicationError, CancelledError
from temporalio.service import RPCError, RPCStatusCode

from . import tasks
from .conftest import Suite, attributes_of, event_types, failure_of


async def start_elsewhere(suite: Suite) -> tuple[WorkflowHandle, AsyncActivityHandle]:
    handle = await suite.start(tasks.CompletedById.run)
    await tasks.BEGUN[handle.id].wait()
    by_id = {"workflow_id": handle.id, "run_id": None, "activity_id": "elsewhere"}
    return handle, suite.client.get_async_activity_handle(**by_id)


async def test_completes_an_activity_by_its_id_and_only_once(suite: Suite) -> None:
    handle, elsewhere = await start_elsewhere(suite)
    await elsewhere.heartbeat("alive")
    await elsewhere.complete("by ID")
    assert await handle.result() == "by ID"
    with pytest.raises(RPCError) as raised:
        await elsewhere.complete("again")
    assert raised.value.status == RPCStatusCode.NOT_FOUND


async def test_fails_an_activity_by_its_id(suite: Suite) -> None:
    handle, elsewhere = await start_elsewhere(suite)
    await elsewhere.fail(ApplicationError("broke", type="Elsewhere", non_retryable=True))
    failure = await failure_of(handle)
    assert isinstance(failure, ActivityError)
    assert isinstance(failure.cause, ApplicationError)
    assert failure.cause.type == "Elsewhere"


async def test_learns_of_a_cancellation_by_heartbeat_and_reports_it(suite: Suite) -> None:
    handle, elsewhere = await start_elsewhere(suite)
    await handle.cancel()
    with pytest.raises(AsyncActivityCancelledError):
        while True:
            await elsewhere.heartbeat()
    await elsewhere.report_cancellation("gone")
    assert isinstance(await failure_of(handle), CancelledError)
    assert len(await attributes_of(handle, "activity_task_canceled")) == 1


async def test_retries_a_local_activity_within_the_workflow_task(suite: Suite) -> None:
    handle = await suite.start(tasks.LocalRetry.run, 10_000)
    assert await handle.result() == 3
    assert "TIMER_STARTED" not in await event_types(handle)


async def test_waits_with_a_timer_for_a_long_back_off_of_a_local_activity(suite: Suite) -> None:
    handle = await suite.start(tasks.LocalRetry.run, 10)
    assert await handle.result() == 3
    types = await event_types(handle)
    assert types.count("TIMER_FIRED") == 2
    assert "MARKER_RECORDED" in types
