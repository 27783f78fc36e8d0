"""Children, parent close policies, and messages to other workflows."""

from typing import Any

import pytest
from temporalio.client import WorkflowExecutionStatus, WorkflowFailureError, WorkflowHandle
from temporalio.exceptions import ApplicationError, CancelledError

from . import children
from .conftest import Suite


async def start(suite: Suite, program: Any, *args: Any) -> WorkflowHandle:
    workflow_id = suite.new_id("family")
    return await suite.client.start_workflow(
        program, args=list(args), id=workflow_id, task_queue=suite.task_queue
    )


async def test_gives_the_result_of_a_child_to_its_parent(suite: Suite) -> None:
    handle = await start(suite, children.Parent.run, "return")
    assert await handle.result() == f"child of {handle.id}"
    description = await suite.client.get_workflow_handle(f"{handle.id}/child").describe()
    assert description.parent_id == handle.id


async def test_gives_the_failure_of_a_child_to_its_parent(suite: Suite) -> None:
    handle = await start(suite, children.Parent.run, "fail")
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    cause = raised.value.cause.__cause__
    assert isinstance(cause, ApplicationError)
    assert (cause.message, cause.type) == ("child broke", "Broken")


async def test_tells_of_a_child_whose_id_is_taken(suite: Suite) -> None:
    assert await (await start(suite, children.ParentOfTwins.run)).result() == "already started"


async def test_cancels_a_child_and_waits_for_its_end(suite: Suite) -> None:
    assert await (await start(suite, children.ParentThatCancels.run)).result() == "child canceled"


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        ("TERMINATE", WorkflowExecutionStatus.TERMINATED),
        ("REQUEST_CANCEL", WorkflowExecutionStatus.CANCELED),
        ("ABANDON", WorkflowExecutionStatus.RUNNING),
    ],
)
async def test_leaves_a_child_to_its_policy(
    suite: Suite, policy: str, status: WorkflowExecutionStatus
) -> None:
    handle = await start(suite, children.ParentThatLeaves.run, policy)
    await handle.result()
    child = suite.client.get_workflow_handle(f"{handle.id}/child")
    if status is not WorkflowExecutionStatus.RUNNING:
        with pytest.raises(WorkflowFailureError):
            await child.result()
    assert (await child.describe()).status == status
    if status is WorkflowExecutionStatus.RUNNING:
        await child.terminate()


async def test_signals_another_workflow(suite: Suite) -> None:
    other = await start(suite, children.Child.run, "signal")
    await (await start(suite, children.SignalOther.run, other.id)).result()
    assert await other.result() == "proceeded"


async def test_cancels_another_workflow(suite: Suite) -> None:
    other = await start(suite, children.Child.run, "wait")
    await (await start(suite, children.CancelOther.run, other.id)).result()
    with pytest.raises(WorkflowFailureError) as raised:
        await other.result()
    assert isinstance(raised.value.cause, CancelledError)
