"""Update-with-start under its conflict policies, and updates that nobody handles."""

import asyncio
from typing import Any

import pytest
from temporalio.client import (
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateStage,
)
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from . import programs
from .conftest import Suite

FAIL = WorkflowIDConflictPolicy.FAIL


def operation(suite: Suite, workflow_id: str) -> WithStartWorkflowOperation[Any, Any]:
    return WithStartWorkflowOperation(
        programs.Bookings.run,
        [],
        id=workflow_id,
        task_queue=suite.task_queue,
        id_conflict_policy=FAIL,
    )


async def test_gives_a_handle_once_accepted(suite: Suite) -> None:
    start = operation(suite, suite.new_id("with-start"))
    update = await suite.client.start_update_with_start_workflow(
        programs.Bookings.book,
        "last",
        start_workflow_operation=start,
        wait_for_stage=WorkflowUpdateStage.ACCEPTED,
    )
    handle = await start.workflow_handle()
    assert await update.result() == "Hello, last! 1"
    assert await handle.result() == ["last"]


async def test_is_refused_when_the_workflow_runs_and_the_policy_says_so(suite: Suite) -> None:
    handle = await suite.start(programs.Bookings.run, [])
    refused = operation(suite, handle.id)
    with pytest.raises(WorkflowAlreadyStartedError):
        await suite.client.execute_update_with_start_workflow(
            programs.Bookings.book, "no", start_workflow_operation=refused
        )
    with pytest.raises(WorkflowAlreadyStartedError):
        await refused.workflow_handle()
    await handle.execute_update(programs.Bookings.book, "last")
    assert await handle.result() == ["last"]


async def test_runs_once_for_one_update_id(suite: Suite) -> None:
    handle = await suite.start(programs.Bookings.run, [])
    book = [handle.execute_update(programs.Bookings.book, "one", id="same") for _ in range(3)]
    assert await asyncio.gather(*book) == ["Hello, one! 1"] * 3
    await handle.execute_update(programs.Bookings.book, "last")
    assert await handle.result() == ["one", "last"]


async def test_is_refused_when_there_is_no_handler(suite: Suite) -> None:
    handle = await suite.start(programs.Bookings.run, [])
    with pytest.raises(WorkflowUpdateFailedError) as refused:
        await handle.execute_update("withdraw")
    assert "withdraw" in str(refused.value.cause)
    await handle.terminate()
