"""Fixtures: the server's address, a client, and one worker for all tests."""

import os
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType, IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Worker

from . import programs

TRUE_SECONDS_MAX = 14
SEARCH_ATTRIBUTES = {
    "SuiteKeyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "SuiteInt": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}


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

    async def counts(self, query: str, count: int) -> bool:
        """Tell whether so many workflows match a query."""
        return (await self.client.count_workflows(query)).count == count


async def until(is_true: Callable[[], Awaitable[bool]]) -> None:
    """Ask the server again until something is true; its lists may lag behind."""
    deadline = time.monotonic() + TRUE_SECONDS_MAX
    while not await is_true():
        assert time.monotonic() < deadline, "Still not true"


async def register_search_attributes(client: Client) -> None:
    """Register the suite's search attributes and wait until queries may use them."""
    request = AddSearchAttributesRequest(namespace="default", search_attributes=SEARCH_ATTRIBUTES)
    try:
        await client.operator_service.add_search_attributes(request)
    except RPCError as error:
        if error.status != RPCStatusCode.ALREADY_EXISTS:
            raise

    async def is_known() -> bool:
        try:
            await client.count_workflows("SuiteKeyword = 'any' AND SuiteInt = 1")
        except RPCError as error:
            assert error.status == RPCStatusCode.INVALID_ARGUMENT
            return False
        return True

    await until(is_known)


async def event_types(handle: WorkflowHandle) -> list[str]:
    """Return the names of the events of a history."""
    history = await handle.fetch_history()
    names = [EventType.Name(event.event_type) for event in history.events]
    return [name.removeprefix("EVENT_TYPE_") for name in names]


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
    await register_search_attributes(client)
    task_queue = f"python-{uuid.uuid4()}"
    async with Worker(
        client,
        task_queue=task_queue,
        workflows=programs.WORKFLOWS,
        activities=programs.ACTIVITIES,
    ):
        yield Suite(client, task_queue)
