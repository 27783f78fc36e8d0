"""Fixtures: the server's address, a client, and one worker for all tests."""

import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.worker import Worker

from . import programs


@dataclass(frozen=True)
class Suite:
    """What a test needs: a client and the task queue that the worker polls."""

    client: Client
    task_queue: str

    def new_id(self, name: str) -> str:
        """Return a workflow ID that nobody else uses."""
        return f"{name}-{uuid.uuid4()}"

    async def start(self, program: Any, *args: Any, **options: Any) -> WorkflowHandle:
        """Start a workflow on the suite's worker; options may replace any of it."""
        defaults = {"id": self.new_id("workflow"), "task_queue": self.task_queue}
        return await self.client.start_workflow(program, args=list(args), **(defaults | options))


async def event_types(handle: WorkflowHandle) -> list[str]:
    """Return the names of the events of a history."""
    history = await handle.fetch_history()
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events]


async def attributes_of(handle: WorkflowHandle, kind: str) -> list[Any]:
    """Return the attributes of all events of one kind, such as "timer_fired"."""
    field = f"{kind}_event_attributes"
    history = await handle.fetch_history()
    return [getattr(event, field) for event in history.events if event.HasField(field)]


async def failure_of(handle: WorkflowHandle) -> BaseException:
    """Return the cause for which a workflow failed."""
    with pytest.raises(WorkflowFailureError) as raised:
        await handle.result()
    return raised.value.cause


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def suite() -> AsyncIterator[Suite]:
    """Connect to the server that PERDURE_TARGET names and run a worker."""
    client = await Client.connect(os.environ["PERDURE_TARGET"])
    task_queue = f"python-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=task_queue,
        workflows=programs.WORKFLOWS,
        activities=programs.ACTIVITIES,
    ):
        yield Suite(client, task_queue)
