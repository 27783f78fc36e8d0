"""Cancellation of parts of a workflow, and timers."""

from temporalio.client import WorkflowExecutionStatus
from temporalio.exceptions import CancelledError

from . import programs, scopes
from .conftest import Suite, attributes_of, event_types, failure_of


async def test_cancels_an_activity_that_takes_too_long(suite: Suite) -> None:
    handle = await suite.start(scopes.HurriedActivity.run)
    assert await handle.result() == "cancelled"
    assert len(await attributes_of(handle, "activity_task_cancel_requested")) == 1
    assert len(await attributes_of(handle, "activity_task_canceled")) == 1


async def test_cancels_one_timer_and_no_other(suite: Suite) -> None:
    handle = await suite.start(scopes.CancelledTimer.run)
    assert await handle.result() == ["cancelled", "ended"]
    types = await event_types(handle)
    counts = [types.count(f"TIMER_{name}") for name in ("STARTED", "CANCELED", "FIRED")]
    assert counts == [2, 1, 1]


async def test_finishes_what_is_shielded_from_a_cancellation(suite: Suite) -> None:
    handle = await suite.start(scopes.Shielded.run)
    await handle.query("__stack_trace")
    await handle.cancel()
    assert await handle.result() == "Hello, survivor!"
    assert (await handle.describe()).status == WorkflowExecutionStatus.COMPLETED


async def test_tells_a_condition_that_it_timed_out(suite: Suite) -> None:
    handle = await suite.start(scopes.Impatient.run)
    assert await handle.result() == "timed out"
    assert len(await attributes_of(handle, "timer_fired")) == 1


async def test_cancels_a_workflow_that_waits_for_a_timer(suite: Suite) -> None:
    handle = await suite.start(programs.Timer.run, 3600)
    await handle.cancel()
    assert isinstance(await failure_of(handle), CancelledError)
