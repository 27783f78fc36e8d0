"""Workflows with children, and workflows that reach others."""

import asyncio
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import (
    ApplicationError,
    ChildWorkflowError,
    WorkflowAlreadyStartedError,
    is_cancelled_exception,
)


@workflow.defn
class Child:
    """Does what it is told."""

    def __init__(self) -> None:
        self._is_allowed = False

    @workflow.signal
    def proceed(self) -> None:
        self._is_allowed = True

    @workflow.run
    async def run(self, order: str) -> str:
        if order == "fail":
            raise ApplicationError("child broke", type="Broken", non_retryable=True)
        if order == "wait":
            await asyncio.sleep(timedelta(hours=1).total_seconds())
        if order == "signal":
            await workflow.wait_condition(lambda: self._is_allowed)
            return "proceeded"
        parent = workflow.info().parent
        return f"child of {parent.workflow_id if parent else None}"


def child_id() -> str:
    """Return the ID of the only child of the present workflow."""
    return f"{workflow.info().workflow_id}/child"


@workflow.defn
class Parent:
    @workflow.run
    async def run(self, order: str) -> str:
        return await workflow.execute_child_workflow(Child.run, order, id=child_id())


@workflow.defn
class ParentOfTwins:
    @workflow.run
    async def run(self) -> str:
        await workflow.start_child_workflow(Child.run, "wait", id=child_id())
        try:
            await workflow.start_child_workflow(Child.run, "wait", id=child_id())
        except WorkflowAlreadyStartedError:
            return "already started"
        return "started twice"


@workflow.defn
class ParentThatCancels:
    @workflow.run
    async def run(self) -> str:
        handle = await workflow.start_child_workflow(Child.run, "wait", id=child_id())
        handle.cancel()
        try:
            await handle
        except ChildWorkflowError as error:
            return "child canceled" if is_cancelled_exception(error) else "child failed"
        return "not canceled"


@workflow.defn
class ParentThatLeaves:
    @workflow.run
    async def run(self, policy: str) -> None:
        await workflow.start_child_workflow(
            Child.run,
            "wait",
            id=child_id(),
            parent_close_policy=workflow.ParentClosePolicy[policy],
        )


@workflow.defn
class SignalOther:
    @workflow.run
    async def run(self, workflow_id: str) -> None:
        await workflow.get_external_workflow_handle_for(Child.run, workflow_id).signal(
            Child.proceed
        )


@workflow.defn
class CancelOther:
    @workflow.run
    async def run(self, workflow_id: str) -> None:
        await workflow.get_external_workflow_handle(workflow_id).cancel()


CHILD_WORKFLOWS = [
    Child,
    Parent,
    ParentOfTwins,
    ParentThatCancels,
    ParentThatLeaves,
    SignalOther,
    CancelOther,
]
