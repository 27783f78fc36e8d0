"""The unmodified official Python SDK against any server."""

import asyncio
import time

import pytest
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowExecutionStatus,
    WorkflowFailureError,
    WorkflowHandle,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import (
    ActivityError,
    ApplicationError,
    CancelledError,
    TerminatedError,
    TimeoutError,
)
from temporalio.worker import Replayer

from . import programs
from .conftest import Suite, event_types


async def test_runs_a_workflow_with_one_activity(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.Hello.run, "World", id=suite.new_id("hello"), task_queue=suite.task_queue
    )
    assert await handle.result() == "Hello, World!"
    assert await event_types(handle) == [
        "WORKFLOW_EXECUTION_STARTED",
        "WORKFLOW_TASK_SCHEDULED",
        "WORKFLOW_TASK_STARTED",
        "WORKFLOW_TASK_COMPLETED",
        "ACTIVITY_TASK_SCHEDULED",
        "ACTIVITY_TASK_STARTED",
        "ACTIVITY_TASK_COMPLETED",
        "WORKFLOW_TASK_SCHEDULED",
        "WORKFLOW_TASK_STARTED",
        "WORKFLOW_TASK_COMPLETED",
        "WORKFLOW_EXECUTION_COMPLETED",
    ]


async def test_waits_for_a_timer_and_not_less(suite: Suite) -> None:
    started = time.monotonic()
    result = await suite.client.execute_workflow(
        programs.Timer.run, 0.4, id=suite.new_id("timer"), task_queue=suite.task_queue
    )
    assert result == "rang"
    assert time.monotonic() - started >= 0.4


async def test_takes_signals_and_answers_queries_also_when_closed(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.Collect.run, 2, id=suite.new_id("collect"), task_queue=suite.task_queue
    )
    await handle.signal(programs.Collect.add, "one")
    assert await handle.query(programs.Collect.items) == ["one"]
    await handle.signal(programs.Collect.add, "two")
    assert await handle.result() == ["one", "two"]
    assert await handle.query(programs.Collect.items) == ["one", "two"]


async def test_retries_an_activity(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.Retry.run, id=suite.new_id("retry"), task_queue=suite.task_queue
    )
    assert await handle.result() == 3
    history = await handle.fetch_history()
    [started] = [
        event.activity_task_started_event_attributes
        for event in history.events
        if event.HasField("activity_task_started_event_attributes")
    ]
    assert (started.attempt, started.last_failure.message) == (3, "attempt 2 fails")


async def test_hands_heartbeat_details_to_the_next_attempt(suite: Suite) -> None:
    result = await suite.client.execute_workflow(
        programs.Heartbeat.run, id=suite.new_id("heartbeat"), task_queue=suite.task_queue
    )
    assert result == 3


async def test_continues_as_new_and_follows_the_chain(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.CountDown.run, 2, id=suite.new_id("chain"), task_queue=suite.task_queue
    )
    assert await handle.result() == "done"
    first = suite.client.get_workflow_handle(handle.id, run_id=handle.first_execution_run_id)
    assert (await first.describe()).status == WorkflowExecutionStatus.CONTINUED_AS_NEW


async def test_compensates_a_saga_in_reverse_order(suite: Suite) -> None:
    workflow_id = suite.new_id("saga")
    with pytest.raises(WorkflowFailureError) as caught:
        await suite.client.execute_workflow(
            programs.Saga.run, id=workflow_id, task_queue=suite.task_queue
        )
    assert isinstance(caught.value.cause, ActivityError)
    assert isinstance(caught.value.cause.cause, ApplicationError)
    assert caught.value.cause.cause.type == "NoSeat"
    assert programs.SAGA_LOG[workflow_id] == [
        "book car",
        "book hotel",
        "book plane",
        "cancel hotel",
        "cancel car",
    ]


async def test_completes_an_activity_by_its_token(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.CompletedElsewhere.run, id=suite.new_id("async"), task_queue=suite.task_queue
    )
    for _ in range(200):
        if handle.id in programs.TOKENS:
            break
        await asyncio.sleep(0.02)
    token = programs.TOKENS[handle.id]
    await suite.client.get_async_activity_handle(task_token=token).complete("from elsewhere")
    assert await handle.result() == "from elsewhere"


async def test_cancels_a_workflow_that_cleans_up(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.CleanUp.run, id=suite.new_id("clean-up"), task_queue=suite.task_queue
    )
    await handle.cancel()
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, CancelledError)
    assert (await event_types(handle)).count("ACTIVITY_TASK_SCHEDULED") >= 1


async def test_terminates_a_workflow(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.Collect.run, 1, id=suite.new_id("terminate"), task_queue=suite.task_queue
    )
    await handle.terminate("enough")
    with pytest.raises(WorkflowFailureError) as caught:
        await handle.result()
    assert isinstance(caught.value.cause, TerminatedError)


async def test_times_an_activity_out(suite: Suite) -> None:
    with pytest.raises(WorkflowFailureError) as caught:
        await suite.client.execute_workflow(
            programs.TimeOut.run, id=suite.new_id("time-out"), task_queue=suite.task_queue
        )
    assert isinstance(caught.value.cause, ActivityError)
    assert isinstance(caught.value.cause.cause, TimeoutError)


async def test_starts_with_a_signal_and_shows_memo_in_lists(suite: Suite) -> None:
    workflow_id = suite.new_id("listed")
    await suite.client.execute_workflow(
        programs.Collect.run,
        1,
        id=workflow_id,
        task_queue=suite.task_queue,
        start_signal="add",
        start_signal_args=["first"],
        memo={"note": 7},
    )
    [found] = [row async for row in suite.client.list_workflows(f"WorkflowId = '{workflow_id}'")]
    assert found.status == WorkflowExecutionStatus.COMPLETED
    assert await found.memo() == {"note": 7}


async def test_replays_a_history(suite: Suite) -> None:
    handle = await suite.client.start_workflow(
        programs.Hello.run, "again", id=suite.new_id("replay"), task_queue=suite.task_queue
    )
    await handle.result()
    await Replayer(workflows=programs.WORKFLOWS).replay_workflow(await handle.fetch_history())


async def start_bookings(suite: Suite) -> WorkflowHandle:
    return await suite.client.start_workflow(
        programs.Bookings.run, [], id=suite.new_id("bookings"), task_queue=suite.task_queue
    )


async def test_updates_and_polls_for_the_result(suite: Suite) -> None:
    handle = await start_bookings(suite)
    assert await handle.execute_update(programs.Bookings.book, "one") == "Hello, one! 1"
    update = await handle.start_update(
        programs.Bookings.book, "two", id="two", wait_for_stage=WorkflowUpdateStage.ACCEPTED
    )
    assert await update.result() == "Hello, two! 2"
    assert await handle.get_update_handle("two").result() == "Hello, two! 2"
    repeated = await handle.execute_update(programs.Bookings.book, "two", id="two")
    assert repeated == "Hello, two! 2"
    await handle.execute_update(programs.Bookings.book, "last")
    assert await handle.result() == ["one", "two", "last"]


async def test_refused_update_leaves_no_trace(suite: Suite) -> None:
    handle = await start_bookings(suite)
    await handle.execute_update(programs.Bookings.book, "one")
    before = await event_types(handle)
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update(programs.Bookings.book, "")
    assert isinstance(refused.value.cause, ApplicationError)
    assert refused.value.cause.type == "Empty"
    assert await event_types(handle) == before
    await handle.execute_update(programs.Bookings.book, "last")
    assert await handle.result() == ["one", "last"]


async def test_updates_with_start(suite: Suite) -> None:
    workflow_id = suite.new_id("with-start")

    async def execute(item: str) -> str:
        start = WithStartWorkflowOperation(
            programs.Bookings.run,
            [],
            id=workflow_id,
            task_queue=suite.task_queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
        return await suite.client.execute_update_with_start_workflow(
            programs.Bookings.book, item, start_workflow_operation=start
        )

    assert await execute("one") == "Hello, one! 1"
    assert await execute("last") == "Hello, last! 2"
    assert await suite.client.get_workflow_handle(workflow_id).result() == ["one", "last"]


async def test_continues_as_new_after_an_update(suite: Suite) -> None:
    first = await start_bookings(suite)
    handle = suite.client.get_workflow_handle(first.id)
    await handle.execute_update(programs.Bookings.book, "one")
    assert await handle.execute_update(programs.Bookings.move_on) == "moving on"
    assert await handle.execute_update(programs.Bookings.book, "last") == "Hello, last! 2"
    assert await handle.result() == ["one", "last"]
